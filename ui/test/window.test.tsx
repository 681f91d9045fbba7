// The three faces of the window as an officer meets them: first run, the lock, the open desk.

import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { client } from '../src/backend/query';
import { i18n, speak } from '../src/i18n';
import { sayHidden } from '../src/i18n/aria';
import { clearToasts } from '../src/kit/Toast';
import { App } from '../src/shell/App';
import { beforeLeave } from '../src/shell/leave';
import { page } from '../src/shell/reload';
import { FRESH, LOCKED, OPEN, QUIET, refuse, testHost } from './host';

const reload = vi.spyOn(page, 'reload').mockImplementation(() => {});

beforeEach(async () => {
  await speak('ru');
  await sayHidden('ru');
  reload.mockClear();
  sessionStorage.clear();
  window.location.hash = '';
});

afterEach(() => {
  vi.useRealTimers();
  clearToasts();
});

function open() {
  return render(
    <QueryClientProvider client={client}>
      <I18nProvider i18n={i18n}>
        <App />
      </I18nProvider>
    </QueryClientProvider>,
  );
}

/** A key as a Russian layout gives it: the physical key says `code`, the letter is another one. */
function press(code: string, more: KeyboardEventInit = {}) {
  return fireEvent.keyDown(document.body, { code, key: 'л', ...more });
}

describe('first run', () => {
  it('sets the desk up and may put the region off', async () => {
    const host = testHost({ app_state: () => FRESH, profile_create: () => OPEN });
    open();
    await userEvent.type(await screen.findByLabelText(/Фамилия/), 'Әбенова');
    await userEvent.type(screen.getByLabelText('Пароль'), 'тогыз коңыр қоян');
    await userEvent.click(screen.getByRole('button', { name: 'Настроить рабочее место' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Позже' }));
    expect(host.asked.find(({ cmd }) => cmd === 'profile_create')?.args).toMatchObject({
      officer: { surname: 'Әбенова', password: 'тогыз коңыр қоян', role: null },
      language: 'ru',
    });
    expect(reload).toHaveBeenCalledOnce();
  });

  it('asks the core nothing while the password is short, and says why beside the field', async () => {
    const host = testHost({ app_state: () => FRESH });
    open();
    await userEvent.type(await screen.findByLabelText(/Фамилия/), 'Ким');
    await userEvent.type(screen.getByLabelText('Пароль'), '1234567');
    await userEvent.click(screen.getByRole('button', { name: 'Настроить рабочее место' }));
    expect(screen.getByLabelText('Пароль')).toHaveAccessibleDescription(/не меньше 8/);
    expect(host.asked.map(({ cmd }) => cmd)).toEqual(['app_state']);
  });

  it('loses nothing typed when the core refuses, nor when the language changes', async () => {
    testHost({ app_state: () => FRESH, profile_create: () => refuse('disk_full') });
    open();
    await userEvent.type(await screen.findByLabelText(/Фамилия/), 'Ким');
    await userEvent.type(screen.getByLabelText('Пароль'), 'достаточно длинный');
    await userEvent.click(screen.getByRole('button', { name: 'Настроить рабочее место' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('Диск заполнен');
    await userEvent.click(screen.getByRole('radio', { name: 'Қазақша' }));
    expect(await screen.findByLabelText('Тегі')).toHaveValue('Ким');
    expect(screen.getByLabelText('Құпиясөз')).toHaveValue('достаточно длинный');
  });

  it('an unreachable region leaves the code where it was typed', async () => {
    testHost({
      app_state: () => FRESH,
      profile_create: () => OPEN,
      profile_enroll: () => refuse('region_code_bad'),
    });
    open();
    await userEvent.type(await screen.findByLabelText(/Фамилия/), 'Ким');
    await userEvent.type(screen.getByLabelText('Пароль'), 'достаточно длинный');
    await userEvent.click(screen.getByRole('button', { name: 'Настроить рабочее место' }));
    await userEvent.type(await screen.findByLabelText('Адрес региона'), 'region.kz');
    await userEvent.type(screen.getByLabelText('Одноразовый код'), 'ABCD-1234');
    await userEvent.click(screen.getByRole('button', { name: 'Подключить' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('код не подошёл');
    expect(screen.getByLabelText('Одноразовый код')).toHaveValue('ABCD-1234');
    expect(screen.getByRole('button', { name: 'Позже' })).toBeEnabled();
  });
});

describe('the lock', () => {
  it('opens by tile and password; a wrong one is said in words, without a code', async () => {
    testHost({
      ...QUIET,
      app_state: () => LOCKED,
      session_open: ({ password }: { password: string }) =>
        password === 'верный пароль' ? OPEN : refuse('wrong_password'),
    });
    open();
    await userEvent.click(await screen.findByRole('button', { name: /Ким В. С./ }));
    await userEvent.type(screen.getByLabelText('Пароль: Ким В. С.'), 'не тот{Enter}');
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('Пароль не подошёл');
    expect(alert.querySelector('details')).not.toHaveAttribute('open');
    await userEvent.clear(screen.getByLabelText('Пароль: Ким В. С.'));
    await userEvent.type(screen.getByLabelText('Пароль: Ким В. С.'), 'верный пароль{Enter}');
    expect(await screen.findByRole('heading', { name: 'Приём' })).toBeVisible();
  });

  it('whoever signs in at a damaged desk mends it with the same password', async () => {
    let tries = 0;
    const host = testHost({
      ...QUIET,
      app_state: () => ({ ...LOCKED, warnings: [{ code: 'database_damaged', params: {} }] }),
      session_open: () => refuse('corrupt'),
      desk_mend: () => {
        tries += 1;
        return tries === 1 ? refuse('disk_full') : OPEN;
      },
    });
    open();
    await userEvent.click(await screen.findByRole('button', { name: /Ким В. С./ }));
    // Before the password nothing is asked of anybody.
    expect(screen.queryByRole('alert')).toBeNull();
    await userEvent.type(screen.getByLabelText('Пароль: Ким В. С.'), 'верный пароль{Enter}');
    expect(await screen.findByText('Данные на диске повреждены')).toBeVisible();
    await userEvent.tab();
    await userEvent.tab();
    expect(screen.getByRole('button', { name: 'Восстановить и войти' })).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    // The disk is full: the button stays, and what happened to the file is said.
    expect(await screen.findByText(/Повреждённый файл не тронут/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Восстановить и войти' }));
    expect(await screen.findByRole('heading', { name: 'Приём' })).toBeVisible();
    expect(host.asked.filter(({ cmd }) => cmd === 'desk_mend').map(({ args }) => args)).toEqual([
      { officer: 'o2', password: 'верный пароль' },
      { officer: 'o2', password: 'верный пароль' },
    ]);
    expect(screen.getByText(/Данные восстановлены/)).toBeVisible();
  });

  it('Ctrl+L saves what is typed first, then locks and forgets what was seen', async () => {
    const host = testHost({ ...QUIET });
    open();
    await screen.findByRole('heading', { name: 'Приём' });
    const order: string[] = [];
    const forget = beforeLeave(async () => {
      order.push('saved');
    });
    host.answers.session_lock = () => {
      order.push('locked');
      return LOCKED;
    };
    press('KeyL', { ctrlKey: true });
    expect(await screen.findByText('Кто за столом?')).toBeVisible();
    expect(order).toEqual(['saved', 'locked']);
    const kept = client
      .getQueryCache()
      .getAll()
      .map(({ queryKey }) => queryKey[0]);
    expect(new Set(kept)).toEqual(new Set(['app_state', 'sync_status', 'reference']));
    forget();
  });

  it('stays open when something typed cannot be saved', async () => {
    const host = testHost({ ...QUIET });
    open();
    await screen.findByRole('heading', { name: 'Приём' });
    const forget = beforeLeave(async () => refuse('disk_full'));
    press('KeyL', { ctrlKey: true });
    expect(await screen.findByText(/Диск заполнен/)).toBeVisible();
    expect(host.asked.map(({ cmd }) => cmd)).not.toContain('session_lock');
    forget();
  });

  it('shows the lock when the core was locked by another hand', async () => {
    const host = testHost({ ...QUIET });
    open();
    await screen.findByRole('heading', { name: 'Приём' });
    host.answers.app_state = () => LOCKED;
    host.answers.reception = () => refuse('locked');
    act(() => host.tell({ cases: [], lists: ['reception'] }));
    expect(await screen.findByText('Кто за столом?')).toBeVisible();
    const kept = client
      .getQueryCache()
      .getAll()
      .map(({ queryKey }) => queryKey[0]);
    expect(new Set(kept)).toEqual(new Set(['app_state', 'sync_status', 'reference']));
  });

  it('is opened by keys alone: Enter on a tile, the password, Enter', async () => {
    const host = testHost({ ...QUIET, app_state: () => LOCKED, session_open: () => OPEN });
    open();
    await screen.findByText('Кто за столом?');
    expect(screen.getByRole('button', { name: /Сейітқалиева/ })).toHaveFocus();
    await userEvent.keyboard('{Tab}{Enter}');
    await waitFor(() => expect(screen.getByLabelText('Пароль: Ким В. С.')).toHaveFocus());
    await userEvent.keyboard('верный пароль{Enter}');
    await screen.findByRole('heading', { name: 'Приём' });
    expect(host.asked.find(({ cmd }) => cmd === 'session_open')?.args).toEqual({
      officer: 'o2',
      password: 'верный пароль',
    });
  });

  /** Signs the only officer in, whose first list is answered by this. */
  async function signIn(reception: () => unknown) {
    const one = { ...LOCKED, officers: LOCKED.officers.slice(0, 1) };
    const host = testHost({
      ...QUIET,
      reception,
      shift_news: () => ({ waiting: [], inherited: null }),
      app_state: () => one,
      session_open: () => OPEN,
    });
    open();
    await userEvent.type(await screen.findByLabelText(/Пароль/), 'верный пароль{Enter}');
    return host;
  }

  it('is followed by one picture: the lists are there when the desk opens', async () => {
    let empty = 0;
    const watch = new MutationObserver(() => {
      empty += document.querySelectorAll('.skeleton').length;
    });
    watch.observe(document.body, { childList: true, subtree: true });
    const soon = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return QUIET.reception?.({} as never);
    };
    const host = await signIn(soon);
    await screen.findByRole('heading', { name: 'Приём' });
    await screen.findByText('Стол готов к приёму');
    watch.disconnect();
    expect(empty).toBe(0);
    const asked = host.asked.map(({ cmd }) => cmd);
    for (const cmd of ['reception', 'queue', 'control', 'shift_news']) {
      expect(asked.filter((one) => one === cmd)).toHaveLength(1);
    }
    // A whole shift is hundreds of lines, for its own screen alone.
    expect(asked).not.toContain('shift');
  });

  it('opens without a list that does not come', async () => {
    await signIn(() => new Promise(() => {}));
    await screen.findByRole('heading', { name: 'Приём' }, { timeout: 10_000 });
    expect(document.querySelector('.skeleton')).not.toBeNull();
  });

  it('closes by itself after so many quiet minutes, not before', async () => {
    const host = testHost({ ...QUIET, app_state: () => ({ ...OPEN, lock_after_minutes: 3 }) });
    open();
    await screen.findByRole('heading', { name: 'Приём' });
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
    // The watch began on the real clock; a new state starts it on the test clock.
    act(() => host.tell({ cases: [], lists: ['session'] }));
    host.answers.app_state = () => ({ ...OPEN, lock_after_minutes: 2 });
    act(() => host.tell({ cases: [], lists: ['session'] }));
    await waitFor(() =>
      expect(client.getQueryData<typeof OPEN>(['app_state', {}])?.lock_after_minutes).toBe(2),
    );
    const locks = () => host.asked.filter(({ cmd }) => cmd === 'session_lock').length;
    await act(() => vi.advanceTimersByTimeAsync(110_000));
    press('KeyQ');
    await act(() => vi.advanceTimersByTimeAsync(110_000));
    expect(locks()).toBe(0);
    await act(() => vi.advanceTimersByTimeAsync(20_000));
    await waitFor(() => expect(locks()).toBe(1));
    expect(await screen.findByText(/заблокировалось само после 10 минут/)).toBeVisible();
  });
});

// S32 (part): the locked desk says what waits and when it last went well.
describe('what waits, on the locked desk', () => {
  const status = {
    ...(QUIET.sync_status?.({} as never) as object),
    unacknowledged: 3,
    last_success: '2026-11-22T09:00:00Z',
  };

  it('says the number, the last contact and that it is safe, in one line and with no question', async () => {
    testHost({ app_state: () => LOCKED, sync_status: () => status });
    open();
    const line = await screen.findByText(/3 записи не отправлены/);
    const note = line.closest('.note');
    expect(note).toHaveTextContent(/Последняя удачная связь: .*14:00/);
    expect(note).toHaveTextContent('Сохранено на этом компьютере');
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('says that all is there, that nobody can know, or that the desk stands alone', async () => {
    for (const [state, more, text] of [
      [{}, { unacknowledged: 0 }, /Записи, которые здесь сделаны, у региона есть/],
      [{}, { counted: false, unacknowledged: 0 }, /станет видно после входа/],
      [{ enrolled: false }, {}, /не подключён к региону/],
    ] as const) {
      testHost({
        app_state: () => ({ ...LOCKED, ...state }),
        sync_status: () => ({ ...status, ...more }),
      });
      const { unmount } = open();
      expect(await screen.findByText(text)).toBeVisible();
      unmount();
    }
  });
});

// S32 (part): the window is closed while records wait and there is a line.
describe('the cross of the window', () => {
  const waiting = { ...(QUIET.sync_status?.({} as never) as object), unacknowledged: 3 };

  it('offers to send first, and closes when the region has everything', async () => {
    const sent = { ...waiting, unacknowledged: 0 };
    const host = testHost({
      ...QUIET,
      sync_status: () => waiting,
      sync_now: () => sent,
      program_end: () => ({}),
    });
    open();
    await screen.findByText('Приём', { selector: 'h1' });
    const typed: string[] = [];
    beforeLeave(async () => void typed.push('saved'));
    act(() => host.tell({ cases: [], lists: ['closing'] }));
    const dialog = await screen.findByRole('dialog', { name: 'Отправить перед закрытием?' });
    await waitFor(() => expect(dialog).toHaveTextContent('3 записи ещё не в регионе'));
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(host.asked.at(-1)?.cmd).toBe('program_end'));
    const order = host.asked
      .map(({ cmd }) => cmd)
      .filter((cmd) => /sync_now|program_end/.test(cmd));
    expect(order).toEqual(['sync_now', 'program_end']);
    expect(typed).toEqual(['saved']);
  });

  it('stays when they could not be sent and says why; Esc keeps the window; one may leave all the same', async () => {
    const failed = { ...waiting, failure: { code: 'region_unreachable', params: {} } };
    const host = testHost({
      ...QUIET,
      sync_status: () => waiting,
      sync_now: () => failed,
      program_end: () => ({}),
    });
    open();
    await screen.findByText('Приём', { selector: 'h1' });
    act(() => host.tell({ cases: [], lists: ['closing'] }));
    await screen.findByRole('dialog');
    await userEvent.keyboard('{Enter}');
    expect(await screen.findByRole('alert')).toBeVisible();
    const ended = () => host.asked.filter(({ cmd }) => cmd === 'program_end').length;
    expect(ended()).toBe(0);
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(ended()).toBe(0);
    act(() => host.tell({ cases: [], lists: ['closing'] }));
    await userEvent.click(await screen.findByRole('button', { name: 'Закрыть без отправки' }));
    await waitFor(() => expect(ended()).toBe(1));
  });
});

describe('the open desk', () => {
  it('a screen whose code comes when it is first asked for gets the focus when it is there', async () => {
    testHost({ ...QUIET });
    open();
    await screen.findByRole('heading', { name: 'Приём' });
    press('Digit8', { altKey: true });
    expect(await screen.findByRole('heading', { level: 1, name: 'Настройки' })).toBeVisible();
    await waitFor(() =>
      expect(document.getElementById('main')).toContainElement(
        document.activeElement as HTMLElement,
      ),
    );
  });

  it('every count opens its list', async () => {
    testHost({ ...QUIET });
    open();
    const late = await screen.findByRole('link', { name: '1 опоздал' });
    expect(late).toHaveAttribute('href', '#/control?queue=overdue');
  });

  it('who writes out the name of a screen gets the screen, whatever else the word is found in', async () => {
    const hit = {
      id: 'c1',
      number: 'ESK-07-2026-1',
      title: 'Настройки счётчика сбились',
      who: '',
      at: '2026-11-26T05:00:00Z',
      closed: false,
      address: null,
      why: 'text',
    };
    testHost({ ...QUIET, search: () => ({ hits: [hit], found: 1 }) });
    open();
    await screen.findByRole('main');
    press('KeyK', { ctrlKey: true });
    await userEvent.type(await screen.findByRole('searchbox'), 'настро');
    await screen.findByText('Настройки счётчика сбились');
    const first = () => screen.getAllByRole('menuitem')[0]?.textContent;
    expect(first()).toContain('счётчика');
    await userEvent.type(screen.getByRole('searchbox'), 'йки');
    await waitFor(() => expect(first()).toContain('Перейти'));
  });

  it('keys are physical: Ctrl+K opens the search with a Russian layout', async () => {
    testHost({ ...QUIET });
    open();
    await screen.findByRole('heading', { name: 'Приём' });
    press('KeyK', { ctrlKey: true });
    expect(await screen.findByRole('searchbox', { name: 'Что найти' })).toHaveFocus();
  });

  it('Ctrl+N pressed twice, or held down, opens one visit', async () => {
    const host = testHost({ ...QUIET, draft_open: () => refuse('disk_full') });
    open();
    await screen.findByRole('heading', { name: 'Приём' });
    press('KeyN', { ctrlKey: true });
    press('KeyN', { ctrlKey: true });
    expect(await screen.findByText(/Диск заполнен/)).toBeVisible();
    press('KeyN', { ctrlKey: true, repeat: true });
    await act(async () => {});
    expect(host.asked.filter(({ cmd }) => cmd === 'draft_open')).toHaveLength(1);
  });

  it('F5 and Ctrl+R do not throw the page away', async () => {
    testHost({ ...QUIET });
    open();
    await screen.findByRole('heading', { name: 'Приём' });
    expect(press('F5')).toBe(false);
    expect(press('KeyR', { ctrlKey: true })).toBe(false);
    expect(press('KeyB', { ctrlKey: true })).toBe(true);
  });

  it('F2 saves forms, tells the core, then reloads; a refused save keeps the page', async () => {
    const host = testHost({ ...QUIET });
    open();
    await screen.findByRole('heading', { name: 'Приём' });
    let forget = beforeLeave(async () => refuse('disk_full'));
    press('F2');
    expect(await screen.findByText(/Диск заполнен/)).toBeVisible();
    expect(reload).not.toHaveBeenCalled();
    forget();
    const saved = vi.fn(async () => {});
    forget = beforeLeave(saved);
    press('F2');
    await waitFor(() => expect(reload).toHaveBeenCalledOnce());
    expect(saved).toHaveBeenCalledOnce();
    expect(host.asked.at(-1)).toEqual({
      cmd: 'settings_set',
      args: { language: 'en', theme: null },
    });
    forget();
  });

  it('news of a change asks again for what it touches, and for nothing else', async () => {
    const host = testHost({ ...QUIET });
    open();
    await screen.findByRole('heading', { name: 'Приём' });
    await waitFor(() => expect(client.isFetching()).toBe(0));
    host.asked.length = 0;
    act(() => host.tell({ cases: [], lists: ['sync'] }));
    await waitFor(() => expect(host.asked.map(({ cmd }) => cmd)).toEqual(['sync_status']));
  });

  it('says the truth about sync: what waits, and up to when the region confirmed', async () => {
    testHost({
      ...QUIET,
      sync_status: () => ({
        ...(QUIET.sync_status?.(undefined as never) as object),
        unacknowledged: 3,
        last_success: new Date().toISOString(),
        failure: { code: 'region_unreachable', params: {} },
      }),
    });
    open();
    const truth = await screen.findByRole('region', { name: 'Связь с регионом' });
    await waitFor(() => expect(truth).toHaveTextContent(/3 записи ждут отправки/));
    expect(truth).toHaveTextContent(/Регион подтвердил всё до \d\d:\d\d/);
    expect(truth).toHaveTextContent(/Нет связи с регионом.*уйдёт само/);
  });

  it('a refusal nobody foresaw is still said in words', async () => {
    testHost({ ...QUIET, reception: () => refuse('made_up_code') });
    open();
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('Случилось то, чего мы не предвидели');
    expect(alert.querySelector('details')).toHaveTextContent('made_up_code');
  });
});

describe('a disk that is full', () => {
  it('is told on the open desk with what to do, and no longer when there is room', async () => {
    let warnings = [{ code: 'ballast_given', params: {} }];
    const host = testHost({ ...QUIET, app_state: () => ({ ...OPEN, warnings }) });
    open();
    const told = await screen.findByText(/сохраняется за счёт запаса/);
    expect(told).toHaveAttribute('role', 'status');
    expect(told).toHaveTextContent(/хотя бы 64 МБ.*Приём можно продолжать/);
    warnings = [];
    act(() => host.tell({ cases: [], lists: ['session'] }));
    await waitFor(() => expect(told).not.toBeInTheDocument());
  });
});

describe('in Kazakh', () => {
  it('the accessibility tree of the desk has no Latin letters but key caps and the name', async () => {
    await speak('kk');
    testHost({ ...QUIET, app_state: () => ({ ...OPEN, language: 'kk' }) });
    open();
    await screen.findByRole('heading', { name: 'Қабылдау' });
    press('KeyK', { ctrlKey: true });
    await screen.findByRole('searchbox');
    const said: string[] = [];
    for (const element of document.body.querySelectorAll('*')) {
      const label = element.getAttribute('aria-label');
      if (label) said.push(label);
      if (element.closest('kbd')) continue;
      for (const node of element.childNodes) {
        if (node.nodeType === Node.TEXT_NODE && node.textContent?.trim()) {
          said.push(node.textContent);
        }
      }
    }
    const latin = said.filter((text) =>
      (text.match(/[A-Za-z]+/g) ?? []).some(
        (word) => !['Esik', 'Ctrl', 'L', 'N', 'F', 'Esc', 'Enter', 'English'].includes(word),
      ),
    );
    expect(said.length).toBeGreaterThan(20);
    expect(latin).toEqual([]);
  });
});
