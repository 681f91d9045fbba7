// Ready words: offered for the moment, in the language of who reads them, with what is left to fill selected.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setHost } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { book } from '../../intake/test/samples';
import { CloseDialog } from '../CloseDialog';
import { caseView } from './samples';

let asked: unknown[];
const words: Record<string, { code: string; kk: string; ru: string }[]> = {
  'close.helped': [{ code: 'helped', kk: 'Мәселеңіз шешілді.', ru: 'Ваш вопрос решён.' }],
  'close.partly_helped': [
    { code: 'partly', kk: 'Орындалғаны: …. Қалғаны: ….', ru: 'Сделано: …. Осталось: ….' },
  ],
};

beforeAll(() => speak('ru'));
beforeEach(() => {
  asked = [];
  client.clear();
  setHost({
    async call(cmd, args) {
      if (cmd !== 'replies') return {};
      asked.push(args);
      return { texts: words[(args as { moment: string }).moment] ?? [] };
    },
    onChanged: () => () => undefined,
  });
});
afterEach(cleanup);

function open(language: string) {
  const view = caseView({ language });
  view.end.outcomes = ['helped', 'partly_helped', 'explained'];
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <CloseDialog view={view} book={book} onClose={() => undefined} />
      </QueryClientProvider>
    </I18nProvider>,
  );
  return userEvent.setup();
}

const outcome = (name: string) => {
  const group = screen.getByRole('radiogroup', { name: 'Чем закончилось' });
  return within(group).getByRole('radio', { name });
};

describe('ready words', () => {
  it('wait for the outcome, and follow it', async () => {
    const user = open('ru');
    expect(screen.queryByText('Готовые слова')).toBeNull();
    expect(asked).toEqual([]);
    await user.click(outcome('помогли частично'));
    await user.click(await screen.findByText('Готовые слова'));
    await user.click(screen.getByRole('button', { name: /Сделано: …/ }));
    const box = screen.getByRole('textbox', { name: 'Коротко итог' });
    expect(box).toHaveProperty('value', 'Сделано: …. Осталось: ….');
    await waitFor(() => expect(document.activeElement).toBe(box));
    const area = box as HTMLTextAreaElement;
    expect([area.selectionStart, area.selectionEnd]).toEqual([9, 10]);
    await user.keyboard('трубу заменили');
    expect(box).toHaveProperty('value', 'Сделано: трубу заменили. Осталось: ….');
  });

  it('stand in the language of the applicant and in the other one by a press', async () => {
    const user = open('kk');
    await user.click(outcome('помогли'));
    await user.click(await screen.findByText('Готовые слова'));
    expect(screen.getByRole('button', { name: 'Мәселеңіз шешілді.' }).lang).toBe('kk');
    await user.click(screen.getByRole('button', { name: 'Показать по-русски' }));
    expect(screen.getByRole('button', { name: 'Ваш вопрос решён.' }).lang).toBe('ru');
  });

  it('come after what was typed already', async () => {
    const user = open('ru');
    await user.click(outcome('помогли'));
    const box = screen.getByRole('textbox', { name: 'Коротко итог' });
    await user.type(box, 'Тепло дали вечером.');
    await user.click(await screen.findByText('Готовые слова'));
    await user.click(screen.getByRole('button', { name: 'Ваш вопрос решён.' }));
    expect(box).toHaveProperty('value', 'Тепло дали вечером.\nВаш вопрос решён.');
  });
});
