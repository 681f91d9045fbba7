// What is typed or chosen and saved nowhere yet: a change of language must not lose it.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppState, ControlRequest } from '../src/backend';
import { client } from '../src/backend/query';
import { i18n, speak } from '../src/i18n';
import { sayHidden } from '../src/i18n/aria';
import { App } from '../src/shell/App';
import { takeKept } from '../src/shell/kept';
import { page } from '../src/shell/reload';
import { LOCKED, OPEN, QUIET, type TestHost, testHost } from './host';

const reload = vi.spyOn(page, 'reload').mockImplementation(() => {});
const HEAD: AppState = {
  ...OPEN,
  session: { ...OPEN.session, role: 'head', may: ['administer'] } as AppState['session'],
};
let host: TestHost;

beforeEach(async () => {
  await speak('ru');
  await sayHidden('ru');
  reload.mockClear();
  sessionStorage.clear();
  takeKept();
  host = testHost({
    ...QUIET,
    app_state: () => HEAD,
    colleagues: () => ({
      me: 'o1',
      officers: [{ id: 'o1', name: 'Әлиева Д.', post: '', here: true }],
    }),
    queues_saved: () => ({ queues: [] }),
    knowledge: () => ({ cards: [], services: [] }),
    published: () => ({ lines: [] }),
    scan_look: () => ({ folder: null, remove: true, files: [] }),
  });
});

function pageComes() {
  render(
    <QueryClientProvider client={client}>
      <I18nProvider i18n={i18n}>
        <App />
      </I18nProvider>
    </QueryClientProvider>,
  );
}

function open(hash: string) {
  window.location.hash = hash;
  takeKept();
  pageComes();
}

/** F2, and the page that comes after it: of its memory nothing is left but the window's. */
async function nextLanguage(state: AppState = { ...HEAD, language: 'en' }) {
  await act(async () => {
    window.dispatchEvent(new KeyboardEvent('keydown', { code: 'F2', key: 'F2', cancelable: true }));
  });
  await waitFor(() => expect(reload).toHaveBeenCalled());
  cleanup();
  client.clear();
  host.answers.app_state = () => state;
  await speak('en');
  open(window.location.hash);
}

const boardAsked = () =>
  host.asked
    .filter(({ cmd }) => cmd === 'control')
    .map(({ args }) => args as ControlRequest)
    .filter(({ limit }) => limit === 100);

describe('a change of language', () => {
  it('keeps the filter of the board and the word looked for', async () => {
    const user = userEvent.setup();
    open('#/control');
    await user.type(await screen.findByRole('searchbox'), 'Қайырбек');
    const mine = screen.getByRole('button', { name: /Мои/ });
    await waitFor(() => expect(mine).toBeEnabled());
    await user.click(mine);
    await waitFor(() =>
      expect(boardAsked().at(-1)).toMatchObject({ filter: 'Қайырбек', officer: 'o1' }),
    );
    host.asked.length = 0;
    await nextLanguage();
    expect(await screen.findByRole('searchbox')).toHaveValue('Қайырбек');
    expect(boardAsked()[0]).toMatchObject({ filter: 'Қайырбек', officer: 'o1' });
    expect(sessionStorage.getItem('esik-kept')).toBeNull();
  });

  it('keeps the search that is open, and what is typed into it', async () => {
    const user = userEvent.setup();
    open('#/knowledge');
    await user.type(await screen.findByRole('textbox'), 'жылу');
    await user.keyboard('{Control>}[KeyK]{/Control}');
    await user.type(await screen.findByRole('searchbox'), 'Сейт');
    await nextLanguage();
    expect(await screen.findByRole('searchbox')).toHaveValue('Сейт');
    expect(screen.getByDisplayValue('жылу')).toBeInTheDocument();
  });

  it('keeps a form but never a password', async () => {
    const user = userEvent.setup();
    open('#/settings');
    await user.click(await screen.findByRole('button', { name: 'Добавить сотрудника' }));
    await user.type(screen.getByLabelText(/Фамилия/), 'Оспанова');
    await user.type(screen.getByLabelText(/Первый пароль|Пароль/), 'very-secret-9');
    const put = vi.spyOn(Storage.prototype, 'setItem');
    await nextLanguage();
    expect(await screen.findByDisplayValue('Оспанова')).toBeVisible();
    expect(screen.queryByDisplayValue('very-secret-9')).toBeNull();
    expect(put.mock.calls.map(([, text]) => text).join()).not.toContain('very-secret-9');
    put.mockRestore();
  });

  it('shows nothing of it to whoever signs in after a lock, nor elsewhere', async () => {
    const user = userEvent.setup();
    open('#/knowledge');
    await user.type(await screen.findByRole('textbox'), 'жылу');
    await nextLanguage({ ...LOCKED, language: 'en' });
    await screen.findByRole('heading', { level: 1 });
    cleanup();
    client.clear();
    host.answers.app_state = () => ({ ...HEAD, language: 'en' });
    pageComes();
    expect(await screen.findByRole('textbox')).toHaveValue('');
  });
});

describe('the queues of the board', () => {
  it('are one screen: the filter stays from one to the next', async () => {
    const user = userEvent.setup();
    open('#/control');
    await user.type(await screen.findByRole('searchbox'), 'Абай');
    await user.click(screen.getByRole('button', { name: /На этой неделе|Неделя/ }));
    await waitFor(() =>
      expect(boardAsked().at(-1)).toMatchObject({ queue: 'week', filter: 'Абай' }),
    );
    expect(screen.getByRole('searchbox')).toHaveValue('Абай');
  });
});
