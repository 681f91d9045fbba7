// Parts of a picture are covered: with the mouse, with keys alone, and nothing is lost by a key.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AttachmentLine, setHost } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { FilesCard, FilesGo, FilesLeave } from '../index';

let files: AttachmentLine[];
let calls: [string, Record<string, unknown>][];
let refusal: string | undefined;

const line = (name: string, more: Partial<AttachmentLine> = {}): AttachmentLine => ({
  id: name,
  name,
  media_type: 'image/jpeg',
  bytes: 1_500_000,
  note: '',
  at: '2026-11-22T09:50:00.000Z',
  who: 'Әлиева Д.',
  active: false,
  identity: false,
  here: true,
  travel: { at: 'stays' },
  preview: null,
  can_cover: true,
  covered_of: null,
  has_covered: false,
  withdrawn: null,
  ...more,
});

const TO = { to: 'case', id: 'c1' } as const;

beforeAll(() => speak('ru'));
beforeEach(() => {
  files = [line('яма.jpg')];
  calls = [];
  refusal = undefined;
  client.clear();
  setHost({
    async call(cmd, raw) {
      const args = raw as Record<string, unknown>;
      if (cmd === 'attachment_list') return { files, most: 50, note_max: 200, bytes_max: 10_000 };
      if (cmd === 'scan_look') return { folder: null, files: [] };
      if (cmd === 'attachments_not_given') return { files: [] };
      calls.push([cmd, args]);
      if (refusal) throw { code: refusal, params: {} };
      if (cmd === 'attachment_sheet') return { jpeg: 'AAAA', width: 800, height: 400 };
      return { id: 'copy', changed: { cases: [], lists: ['files'] } };
    },
    onChanged: () => () => undefined,
  });
  // A picture of 800 by 400, a little away from the window's corner.
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(
    () => new DOMRect(100, 50, 800, 400),
  );
});
afterEach(() => vi.restoreAllMocks());

function shown(what: React.ReactNode) {
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>{what}</QueryClientProvider>
    </I18nProvider>,
  );
  return userEvent.setup();
}

async function opened() {
  const user = shown(<FilesCard to={TO} open />);
  await user.click(await screen.findByRole('button', { name: 'Закрасить части снимка яма.jpg' }));
  await waitFor(() => expect(document.querySelector('.cover-picture img')).toBeTruthy());
  return user;
}

const parts = () => screen.queryAllByRole('button', { name: /^Часть \d/ });
const named = () => parts().map((one) => one.getAttribute('aria-label'));
const made = () => calls.filter(([cmd]) => cmd === 'attachment_cover').map(([, args]) => args);
const picture = () => document.querySelector('.cover-picture') as HTMLElement;

function dragged(over: Element, from: [number, number], to: [number, number]) {
  fireEvent.pointerDown(over, { button: 0, clientX: from[0], clientY: from[1] });
  fireEvent.pointerMove(window, { clientX: (from[0] + to[0]) / 2, clientY: (from[1] + to[1]) / 2 });
  fireEvent.pointerMove(window, { clientX: to[0], clientY: to[1] });
  fireEvent.pointerUp(window, { clientX: to[0], clientY: to[1] });
}

describe('covering parts of a picture', () => {
  it('with keys alone: a part is added, moved, sized, removed, and the copy made', async () => {
    const user = await opened();
    screen.getByText('Пока ничего не закрашено');
    const dialog = within(screen.getByRole('dialog'));
    expect(dialog.getByRole('button', { name: 'Сделать копию' })).toBeDisabled();
    await user.keyboard('n');
    expect(named()).toEqual(['Часть 1: слева 40 %, сверху 45 %, ширина 20 %, высота 10 %']);
    expect(parts()[0]).toHaveFocus();
    await user.keyboard('{ArrowLeft}{ArrowLeft}{ArrowUp}');
    await user.keyboard('{Shift>}{ArrowRight}{ArrowDown}{ArrowDown}{/Shift}');
    expect(named()).toEqual(['Часть 1: слева 38 %, сверху 44 %, ширина 21 %, высота 12 %']);
    expect(screen.getByRole('status')).toHaveTextContent('Часть 1: слева 38 %, сверху 44 %');
    // No arrow takes it past the rim.
    for (let n = 0; n < 70; n += 1) await user.keyboard('{ArrowRight}');
    expect(named()[0]).toContain('слева 79 %');
    await user.keyboard('n');
    expect(parts()[1]).toHaveFocus();
    await user.tab({ shift: true });
    expect(parts()[0]).toHaveFocus();
    await user.tab();
    await user.keyboard('{Delete}');
    expect(parts()).toHaveLength(1);
    expect(parts()[0]).toHaveFocus();
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(made()).toHaveLength(1));
    expect(made()[0]).toEqual({
      to: TO,
      id: 'яма.jpg',
      boxes: [{ x: 7900, y: 4400, w: 2100, h: 1200 }],
      mark: 'закрашено',
      note: '',
    });
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('with the mouse: drawn, moved, drawn larger by the corner; a slip of the hand is none', async () => {
    const user = await opened();
    // From the lower right to the upper left, past the rim.
    dragged(picture(), [500, 250], [60, 90]);
    expect(named()).toEqual(['Часть 1: слева 0 %, сверху 10 %, ширина 50 %, высота 40 %']);
    expect(parts()[0]).toHaveFocus();
    dragged(picture(), [700, 300], [701, 301]);
    expect(parts()).toHaveLength(1);
    dragged(parts()[0] as Element, [200, 150], [280, 190]);
    expect(named()).toEqual(['Часть 1: слева 10 %, сверху 20 %, ширина 50 %, высота 40 %']);
    dragged(parts()[0]?.firstElementChild as Element, [580, 290], [500, 330]);
    expect(named()).toEqual(['Часть 1: слева 10 %, сверху 20 %, ширина 40 %, высота 50 %']);
    await user.click(screen.getByRole('button', { name: /^Сделать копию/ }));
    await waitFor(() => expect(made()[0]?.boxes).toEqual([{ x: 1000, y: 2000, w: 4000, h: 5000 }]));
  });

  it('Ctrl+Z takes the last step back, a held arrow is one; closed by Esc, nothing is lost', async () => {
    const user = await opened();
    await user.keyboard('n');
    await user.keyboard('{ArrowDown>5/}');
    expect(named()[0]).toContain('сверху 50 %');
    await user.keyboard('{Control>}z{/Control}');
    expect(named()[0]).toContain('сверху 45 %');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await user.click(screen.getByRole('button', { name: 'Закрасить части снимка яма.jpg' }));
    await waitFor(() => expect(parts()).toHaveLength(1));
    screen.getByText('Закрашена 1 часть');
    await user.click(screen.getByRole('button', { name: 'Отменить' }));
    expect(parts()).toHaveLength(0);
    await user.keyboard('{Control>}z{/Control}');
    screen.getByText('Пока ничего не закрашено');
    expect(made()).toEqual([]);
  });

  it('what cannot be covered is said, with what to do, and nothing can be pressed', async () => {
    refusal = 'cover_unreadable';
    const user = shown(<FilesCard to={TO} open />);
    await user.click(await screen.findByRole('button', { name: /^Закрасить части/ }));
    await screen.findByText('В этом файле закрасить части нельзя');
    screen.getByText(/не больше 12 мегапикселей/);
    expect(screen.queryByRole('button', { name: 'Добавить часть' })).toBeNull();
    expect(screen.getByRole('button', { name: 'Сделать копию' })).toBeDisabled();
  });

  it('is offered for a picture that lies here, and of a document it is said why not', async () => {
    files = [
      line('акт.pdf', { media_type: 'application/pdf', can_cover: false }),
      line('двор.jpg', { here: false, travel: { at: 'there' } }),
    ];
    shown(<FilesCard to={TO} open />);
    await screen.findByText('акт.pdf');
    expect(screen.queryByRole('button', { name: /^Закрасить/ })).toBeNull();
    screen.getByText(/В PDF и других документах закрасить нельзя/);
  });

  it('the list says whose copy it is; only the copy is offered, and the original after a press more', async () => {
    files = [
      line('яма.jpg', { has_covered: true }),
      line('яма (закрашено).jpg', { id: 'copy', covered_of: 'яма.jpg' }),
    ];
    let gone: string[] = [];
    function Choice() {
      const [chosen, setChosen] = useState<string[]>([]);
      gone = chosen;
      const leave = files.filter((f) => chosen.includes(f.id));
      return (
        <>
          <FilesCard to={TO} open />
          <FilesGo to={TO} chosen={chosen} onChange={setChosen} />
          <FilesLeave to={TO} files={leave} />
        </>
      );
    }
    const user = shown(<Choice />);
    await screen.findByText('Копия с закрашенными частями. Оригинал: яма.jpg');
    screen.getByText(/^Есть копия с закрашенными частями/);
    expect(screen.getByRole('checkbox')).toHaveAccessibleName('яма (закрашено).jpg');
    screen.getByText(/^1 оригинал не предлагается/);
    await user.click(screen.getByRole('button', { name: 'Всё равно показать' }));
    await user.click(screen.getByRole('checkbox', { name: 'яма.jpg' }));
    expect(gone).toEqual(['яма.jpg']);
    screen.getByText('«яма.jpg» уйдёт незакрашенным, хотя есть копия с закрашенными частями.');
    screen.getByText('незакрашенный оригинал');
    await user.click(screen.getByRole('button', { name: 'Отправить вместо него копию' }));
    expect(gone).toEqual(['copy']);
    expect(screen.queryByText(/уйдёт незакрашенным/)).toBeNull();
  });
});
