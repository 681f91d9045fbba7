// A letter read by a machine and pasted: its lines become sentences, everything else stays.
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { TextArea } from '../src/kit';
import { joinLines } from '../src/kit/letter';

afterEach(cleanup);

const letter = [
  'На Ваше обращение сообщаем, что работы по замене участка тепло-',
  'трассы по улице Ауэзова начаты 20 ноября и будут завершены до',
  '25 ноября 2026 года. Подача тепла в дом № 12 временно идёт по',
  'обводной линии.',
  '',
  'За перерасчётом Вы вправе обратиться в расчётный центр, взяв с собой',
  'акт и удостоверение; кто-либо другой может подать его по доверен-',
  'ности. Ответ можно обжаловать.',
].join('\n');

describe('the lines of a letter', () => {
  it('become sentences, and its paragraphs stay', () => {
    expect(joinLines(letter)).toBe(
      'На Ваше обращение сообщаем, что работы по замене участка теплотрассы по улице Ауэзова начаты 20 ноября и будут завершены до 25 ноября 2026 года. Подача тепла в дом № 12 временно идёт по обводной линии.\n\nЗа перерасчётом Вы вправе обратиться в расчётный центр, взяв с собой акт и удостоверение; кто-либо другой может подать его по доверенности. Ответ можно обжаловать.',
    );
    expect(joinLines(letter.replaceAll('\n', '\r\n'))).toBe(joinLines(letter));
  });

  it('become sentences in Kazakh too', () => {
    const kk = [
      'Сіздің жолданымыңыз бойынша Әуезов көшесіндегі жылу құбы-',
      'рын ауыстыру жұмыстары 20 қарашада басталды, олар 25 қара-',
      'шаға дейін аяқталады. Үйге жылу айналма желімен беріледі.',
    ].join('\n');
    expect(joinLines(kk)).toBe(
      'Сіздің жолданымыңыз бойынша Әуезов көшесіндегі жылу құбырын ауыстыру жұмыстары 20 қарашада басталды, олар 25 қарашаға дейін аяқталады. Үйге жылу айналма желімен беріледі.',
    );
  });

  it('keep a hyphen that belongs to the word', () => {
    const torn = [
      'Сведений о том, что в подвале находился кто-',
      'либо из посторонних лиц, не имеется; по-',
      'видимому, замок сорвали раньше, чем думали, по-',
      'этому дело закрыто, а жители друг друга, бір-',
      'біріне көмектесіп, жүз қырық бес үйді жинап, бір-',
      'лікпен келді, деп жазылған хатта, соған қарай.',
    ].join('\n');
    expect(joinLines(torn)).toContain('кто-либо из');
    expect(joinLines(torn)).toContain('по-видимому');
    expect(joinLines(torn)).toContain('думали, поэтому');
    expect(joinLines(torn)).toContain('бір-біріне');
    expect(joinLines(torn)).toContain('бірлікпен');
  });

  it('end where a short line ends its sentence', () => {
    const two = [
      'Комиссия осмотрела подъезд и установила, что перила сорваны',
      'на всех этажах.',
      'Работы будут выполнены до конца недели силами подрядчика, а',
      'жители получат объявление на двери.',
    ].join('\n');
    expect(joinLines(two).split('\n')).toHaveLength(2);
  });

  it('stay apart in lists, addresses and what was typed as it should be', () => {
    const list = [
      'Просим до пятницы представить следующее, заверив печатью:',
      '1. акт осмотра подвала дома с подписями всех членов комиссии',
      '2. копию договора с подрядчиком на замену стояка отопления',
      '– список квартир, в которых температура ниже восемнадцати',
    ].join('\n');
    expect(joinLines(list)).toBe(list);
    for (const same of [
      '',
      'Нет тепла второй день.',
      'Ким Анна\nАуэзова, 12, кв. 5\n8 701 123 45 67',
      'Заявитель пришёл в девять утра и сказал, что в подъезде пахнет газом.\nГаз перекрыли.\nЖдём.\nОтвет есть.',
    ]) {
      expect(joinLines(same)).toBe(same);
    }
  });

  it('are joined where they are pasted, and nothing that stood there is lost', async () => {
    function Box() {
      const [text, setText] = useState('Ответ: ');
      return <TextArea label="Текст" value={text} onChange={setText} />;
    }
    render(<Box />);
    const user = userEvent.setup();
    const box = screen.getByRole('textbox', { name: 'Текст' });
    await user.click(box);
    await user.paste(letter);
    expect(box).toHaveProperty('value', `Ответ: ${joinLines(letter)}`);
    await user.paste(' Конец.\nИ всё.');
    expect((box as HTMLTextAreaElement).value.endsWith('обжаловать. Конец.\nИ всё.')).toBe(true);
  });
});
