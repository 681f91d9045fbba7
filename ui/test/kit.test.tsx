// The kit keeps its promises: found by folded letters, said to a screen reader, undone in time.
import { fireEvent, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { speak } from '../src/i18n';
import { sayHidden } from '../src/i18n/aria';
import {
  Combo,
  clearToasts,
  fold,
  matches,
  PillChecks,
  PillRadios,
  Row,
  Stamps,
  TextArea,
  Toasts,
  toast,
  VirtualList,
} from '../src/kit';
import { undoLast } from '../src/kit/Toast';

beforeEach(async () => {
  clearToasts();
  await speak('ru');
  await sayHidden('ru');
});

describe('fold', () => {
  it('Kazakh letters are found by Russian ones, ё by е', () => {
    expect(fold('Әлеуметтік қорғау')).toBe('алеуметтик коргау');
    expect(fold('Ёлка')).toBe(fold('елка'));
  });
  it('every typed word begins a word of the text, in any order', () => {
    expect(matches('Отдел жилищно-коммунального хозяйства', 'хоз отд')).toBe(true);
    expect(matches('Отдел жилищно-коммунального хозяйства', 'комм')).toBe(true);
    expect(matches('Отдел жилищно-коммунального хозяйства', 'ищно')).toBe(false);
    expect(matches('Қала', '')).toBe(true);
  });
});

describe('Combo', () => {
  const items = [
    { id: 'E-SOC', label: 'Әлеуметтік бағдарламалар бөлімі', also: 'соцпрограммы' },
    { id: 'E-HEA', label: 'Жылумен жабдықтау кәсіпорны' },
  ];

  function Choice(props: { told: (id: string | null) => void }) {
    const [value, setValue] = useState<string | null>(null);
    return (
      <Combo
        name="test.choice"
        label="Орган"
        items={items}
        value={value}
        onChange={(id) => {
          setValue(id);
          props.told(id);
        }}
      />
    );
  }

  it('finds by folded letters and by other names, and takes the choice by Enter', async () => {
    const told = vi.fn();
    render(<Choice told={told} />);
    const box = screen.getByRole('combobox', { name: 'Орган' });
    await userEvent.type(box, 'алеум');
    expect(screen.getAllByRole('option')).toHaveLength(1);
    await userEvent.keyboard('{ArrowDown}{Enter}');
    expect(told).toHaveBeenLastCalledWith('E-SOC');
    expect(box).toHaveValue('Әлеуметтік бағдарламалар бөлімі');
  });

  it('a half-typed word does not undo what was chosen', async () => {
    const told = vi.fn();
    render(<Choice told={told} />);
    const box = screen.getByRole('combobox');
    await userEvent.type(box, 'жылу');
    await userEvent.keyboard('{ArrowDown}{Enter}');
    await userEvent.type(box, 'zzz');
    expect(screen.getByText(/Такого нет/)).toBeInTheDocument();
    await userEvent.tab();
    expect(box).toHaveValue('Жылумен жабдықтау кәсіпорны');
    expect(told).toHaveBeenCalledTimes(1);
  });
});

describe('Stamps', () => {
  it('tell in words what the circles show', () => {
    render(<Stamps stamps={['yes', 'no', 'empty']} proofs={['14:12, почта']} />);
    expect(screen.getByRole('img')).toHaveAccessibleName(
      'доставлено: 14:12, почта; в регистрации отказано; ещё не принято',
    );
  });
});

describe('Pills', () => {
  it('are checkboxes when many, radio buttons when one', async () => {
    const many = vi.fn();
    const one = vi.fn();
    const options = [
      { id: 'a', label: 'грудной ребёнок' },
      { id: 'b', label: 'пожилой', count: 4 },
    ];
    render(
      <>
        <PillChecks label="Обстоятельства" options={options} value={['a']} onChange={many} />
        <PillRadios label="Очередь" options={options} value="a" onChange={one} />
      </>,
    );
    const group = screen.getByRole('group', { name: 'Обстоятельства' });
    expect(within(group).getByRole('checkbox', { name: 'грудной ребёнок' })).toBeChecked();
    await userEvent.click(within(group).getByRole('checkbox', { name: 'пожилой 4' }));
    expect(many).toHaveBeenCalledWith(['a', 'b']);
    await userEvent.click(screen.getByRole('radio', { name: 'пожилой 4' }));
    expect(one).toHaveBeenCalledWith('b');
  });
});

describe('toast', () => {
  it('undoes the newest act once, and only acts that can be undone', async () => {
    const first = vi.fn();
    render(<Toasts />);
    expect(undoLast()).toBe(false);
    toast('Черновик выброшен', first);
    await userEvent.click(await screen.findByRole('button', { name: /Вернуть/ }));
    expect(first).toHaveBeenCalledOnce();
    expect(undoLast()).toBe(false);
    toast('Сохранено');
    expect(undoLast()).toBe(false);
  });
});

describe('fields', () => {
  it('a text area has its label and hands over every letter', () => {
    const told = vi.fn();
    render(<TextArea label="Что случилось" value="" onChange={told} />);
    fireEvent.change(screen.getByLabelText('Что случилось'), { target: { value: 'Нет тепла' } });
    expect(told).toHaveBeenCalledWith('Нет тепла');
  });
  it('a row that opens something is a link', () => {
    render(<Row href="#/case/1">Нет тепла</Row>);
    expect(screen.getByRole('link', { name: 'Нет тепла' })).toHaveAttribute('href', '#/case/1');
  });
});

describe('VirtualList', () => {
  const rows = Array.from({ length: 100_000 }, (_, index) => ({ id: `r${index}` }));

  it('makes only the rows in sight and asks for more only near the end', async () => {
    const more = vi.fn();
    const list = (items: typeof rows) => (
      <VirtualList items={items} keyOf={(row) => row.id} rowHeight={40} label="Ряды" onEnd={more}>
        {(row) => <span>{row.id}</span>}
      </VirtualList>
    );
    const { rerender } = render(list(rows));
    expect(await screen.findByText('r0')).toBeInTheDocument();
    expect(screen.getAllByText(/^r\d+$/).length).toBeLessThan(60);
    expect(more).not.toHaveBeenCalled();
    rerender(list(rows.slice(0, 10)));
    expect(more).toHaveBeenCalled();
  });
});
