// What was said on the region's page, over the case: a stranger's text, read or opened again with one key.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type SaidView, setHost } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { WordsNote } from '../WordsNote';
import { caseView } from './samples';

let done: [string, unknown][];
const HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>';

beforeAll(() => speak('ru'));
beforeEach(() => {
  done = [];
  client.clear();
  setHost({
    async call(cmd, args) {
      done.push([cmd, args]);
      return { changed: { cases: ['c1'], lists: [] }, undo: null };
    },
    onChanged: () => () => undefined,
  });
});
afterEach(cleanup);

function said(patch: Partial<SaidView> = {}): SaidView {
  return {
    event: 'w1',
    at: '2026-11-21T17:00:00.000Z',
    word: null,
    text: '',
    due: '2026-11-23',
    asks_to_reopen: false,
    ...patch,
  };
}

function note(words: SaidView[], patch: Parameters<typeof caseView>[0] = {}) {
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <WordsNote view={caseView({ words, ...patch })} />
      </QueryClientProvider>
    </I18nProvider>,
  );
  return userEvent.setup();
}

it('nothing was said: nothing is there, and no key does anything', async () => {
  const user = note([]);
  expect(document.body.textContent).toBe('');
  await user.keyboard('{Alt>}[KeyR]{/Alt}');
  expect(done).toEqual([]);
});

it('“not solved” is opened again with one key, with a reason that is not the stranger’s text', async () => {
  const user = note([said({ word: 'not_solved', text: HOSTILE, asks_to_reopen: true })]);
  expect(screen.getByText(HOSTILE)).toBeTruthy();
  expect(document.querySelector('script, img')).toBeNull();
  expect(screen.getByText(/Кто писал, не проверено/)).toBeTruthy();
  expect(
    screen.getByText(/увидит причину: «Заявитель сообщает, что вопрос не решён»/),
  ).toBeTruthy();
  await user.keyboard('{Alt>}[KeyR]{/Alt}');
  await vi.waitFor(() =>
    expect(done).toEqual([
      ['case_reopen', { case: 'c1', reason: 'Заявитель сообщает, что вопрос не решён' }],
    ]),
  );
});

it('a message is marked as read, all that stands there at once; it opens nothing', async () => {
  const user = note([said({ text: 'Ключ у соседей' }), said({ event: 'w2', word: 'solved' })]);
  expect(screen.queryByRole('button', { name: /Открыть снова/ })).toBeNull();
  await user.keyboard('{Alt>}[KeyR]{/Alt}');
  expect(done).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Прочитано' }));
  await vi.waitFor(() =>
    expect(done).toEqual([['word_read', { case: 'c1', events: ['w1', 'w2'] }]]),
  );
});

it('who may not close is shown the word and no button; where the coupon may be elsewhere it warns', () => {
  note([said({ word: 'not_solved', asks_to_reopen: true })], {
    may_correct: false,
    words_doubtful: true,
  });
  expect(screen.queryAllByRole('button')).toEqual([]);
  expect(screen.getByText(/талон может быть в чужих руках/)).toBeTruthy();
});
