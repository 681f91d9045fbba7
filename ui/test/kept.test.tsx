// What is typed or chosen and saved nowhere yet: a change of language must not lose it.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppState, CardLine, ControlRequest } from '../src/backend';
import { client } from '../src/backend/query';
import { i18n, speak } from '../src/i18n';
import { sayHidden } from '../src/i18n/aria';
import { clearToasts } from '../src/kit';
import { App } from '../src/shell/App';
import { takeKept } from '../src/shell/kept';
import { page } from '../src/shell/reload';
import { LOCKED, OPEN, QUIET, refuse, type TestHost, testHost } from './host';

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
  clearToasts();
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

/** Locks by the key, with what the core then has to keep. */
async function locks() {
  await act(async () => {
    window.dispatchEvent(
      new KeyboardEvent('keydown', { code: 'KeyL', key: 'l', ctrlKey: true, cancelable: true }),
    );
  });
  await screen.findByText('Кто за столом?');
}

/** Whoever it is opens the desk by tile and password. */
async function opens(user: ReturnType<typeof userEvent.setup>, name: RegExp, id: string) {
  host.answers.session_open = () => ({ ...HEAD, session: { ...HEAD.session, officer: id } });
  await user.click(screen.getByRole('button', { name }));
  await user.type(screen.getByLabelText(/^Пароль/), 'верный пароль{Enter}');
}

// A lock loses nothing that was typed, and shows it to nobody else.
describe('a lock', () => {
  let core: Map<string, string>;
  let who: string;
  beforeEach(() => {
    core = new Map();
    who = 'o1';
    host.answers.typed_keep = ({ text }: { text: string | null }) => {
      if (text === null) core.delete(who);
      else core.set(who, text);
      return {};
    };
    host.answers.typed_take = () => {
      const text = core.get(who) ?? null;
      core.delete(who);
      return { text };
    };
  });

  it('gives the open form back to whose it is, also after somebody else was there', async () => {
    const user = userEvent.setup();
    open('#/settings');
    await user.click(await screen.findByRole('button', { name: 'Добавить сотрудника' }));
    await user.type(screen.getByLabelText(/Первый пароль|Пароль/), 'very-secret-9');
    await user.type(screen.getByLabelText(/Фамилия/), 'Оспанова');
    await locks();
    expect(screen.queryByDisplayValue('Оспанова')).toBeNull();
    expect([...core.values()].join()).not.toContain('very-secret-9');
    expect(sessionStorage.getItem('esik-kept')).toBeNull();

    who = 'o2';
    await opens(user, /Ким/, 'o2');
    await screen.findByRole('button', { name: 'Добавить сотрудника' });
    expect(screen.queryByDisplayValue('Оспанова')).toBeNull();
    await act(async () => {
      window.location.hash = '#/knowledge';
    });
    await screen.findByRole('textbox');
    await locks();
    expect(core.has('o2')).toBe(false);

    who = 'o1';
    await opens(user, /Сейітқалиева/, 'o1');
    expect(await screen.findByDisplayValue('Оспанова')).toBeVisible();
    expect(window.location.hash).toBe('#/settings');
    await waitFor(() => expect(screen.getByLabelText(/Фамилия/)).toHaveFocus());

    // Locked again at once: what was given back is still only here.
    await locks();
    await opens(user, /Сейітқалиева/, 'o1');
    expect(await screen.findByDisplayValue('Оспанова')).toBeVisible();
  });

  it('gives it back although news of the open desk come before it', async () => {
    const user = userEvent.setup();
    open('#/knowledge');
    await user.type(await screen.findByRole('textbox'), 'жылу');
    await locks();
    const kept = core.get('o1') ?? null;
    host.answers.typed_take = async () => {
      host.answers.app_state = () => HEAD;
      act(() => host.tell({ cases: [], lists: ['session'] }));
      await new Promise((done) => setTimeout(done, 300));
      return { text: kept };
    };
    await opens(user, /Сейітқалиева/, 'o1');
    expect(await screen.findByDisplayValue('жылу')).toBeVisible();
  });

  it('that cannot keep what is typed does not happen', async () => {
    const user = userEvent.setup();
    open('#/knowledge');
    await user.type(await screen.findByRole('textbox'), 'жылу');
    host.answers.typed_keep = () => refuse('disk_full');
    await act(async () => {
      window.dispatchEvent(
        new KeyboardEvent('keydown', { code: 'KeyL', key: 'l', ctrlKey: true, cancelable: true }),
      );
    });
    expect(await screen.findByText(/Диск заполнен/)).toBeVisible();
    expect(screen.getByDisplayValue('жылу')).toBeVisible();
  });

  it('outlives an officer of another language: the page is loaded anew with what was typed', async () => {
    const user = userEvent.setup();
    open('#/knowledge');
    await user.type(await screen.findByRole('textbox'), 'жылу');
    await locks();
    host.answers.session_open = () => ({ ...HEAD, language: 'en' });
    await user.click(screen.getByRole('button', { name: /Сейітқалиева/ }));
    await user.type(screen.getByLabelText(/^Пароль/), 'верный пароль{Enter}');
    await waitFor(() => expect(reload).toHaveBeenCalled());
    cleanup();
    client.clear();
    host.answers.app_state = () => ({ ...HEAD, language: 'en' });
    await speak('en');
    open(window.location.hash);
    expect(await screen.findByRole('textbox')).toHaveValue('жылу');
  });
});

describe('the cursor', () => {
  it('stands after a change of language where it stood, not in the field the screen begins with', async () => {
    const user = userEvent.setup();
    open('#/control');
    const box = await screen.findByRole('searchbox');
    await user.type(box, 'Абай');
    (box as HTMLInputElement).setSelectionRange(1, 3);
    await nextLanguage();
    const now = await screen.findByRole<HTMLInputElement>('searchbox');
    await waitFor(() => expect(now).toHaveFocus());
    expect([now.selectionStart, now.selectionEnd]).toEqual([1, 3]);
  });

  it('and what is unfolded stay, past the field the screen begins with', async () => {
    const both = (text: string) => ({ kk: text, ru: text, en: text });
    const card: CardLine = {
      code: 'A-1',
      title: both('Суық үй'),
      say: both('Орталыққа барыңыз'),
      steps: [],
      papers: both(''),
      ground: both(''),
      version: 1,
      confirmed_on: null,
      stale: false,
    } as unknown as CardLine;
    host.answers.knowledge = () => ({ cards: [card], services: [] });
    const user = userEvent.setup();
    open('#/knowledge');
    await user.click(await screen.findByText('Суық үй'));
    const summary = () => screen.getByText('Суық үй').closest('summary');
    act(() => summary()?.focus());
    expect(await screen.findByText('Орталыққа барыңыз')).toBeVisible();
    await nextLanguage();
    expect(await screen.findByText('Орталыққа барыңыз')).toBeVisible();
    await waitFor(() => expect(summary()).toHaveFocus());
  });

  it('comes back into a choice with what was half-typed into it', async () => {
    const user = userEvent.setup();
    open('#/control');
    await user.click(await screen.findByRole('button', { name: /Отбор|Фильтр/ }));
    const box = await screen.findByRole('combobox', { name: /^Кто отвечает/ });
    await user.click(box);
    await user.keyboard('Әли');
    expect(screen.getByRole('option', { name: /Әлиева/ })).toBeVisible();
    await nextLanguage();
    const now = await screen.findByRole('combobox', { name: /^Who answers/ });
    expect(now).toHaveValue('Әли');
    await waitFor(() => expect(now).toHaveFocus());
    expect(await screen.findByRole('option', { name: /Әлиева/ })).toBeVisible();
  });

  it('is left alone when the officer goes somewhere first', async () => {
    const user = userEvent.setup();
    open('#/knowledge');
    await user.click(await screen.findByRole('textbox'));
    await user.tab();
    await nextLanguage();
    const box = await screen.findByRole('textbox');
    await user.click(box);
    await new Promise((done) => setTimeout(done, 300));
    expect(box).toHaveFocus();
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
