// The consultant's minute and the call, as people use them: with the keyboard.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it } from 'vitest';
import { OPEN, QUIET, testHost } from '../../../../test/host';
import type { AppState, QueueLine } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { App } from '../../../shell/App';

const LINE: QueueLine = {
  id: 'q1',
  ticket: 'А-1',
  language: 'ru',
  urgent: false,
  about: { words: 'нет отопления', name: '', category: null, flags: [] },
  joined_at: new Date(Date.now() - 5 * 60_000).toISOString(),
  called: null,
};

const help = {
  suggestion: { categories: [], agencies: [], red_flags: [] },
  similar: [],
  chosen: null,
  who: {},
};

function open() {
  return render(
    <QueryClientProvider client={client}>
      <I18nProvider i18n={i18n}>
        <App />
      </I18nProvider>
    </QueryClientProvider>,
  );
}

function as(role: 'officer' | 'consultant'): AppState {
  return { ...OPEN, session: { ...(OPEN.session as NonNullable<AppState['session']>), role } };
}

function hall(role: 'officer' | 'consultant', lines: QueueLine[] = [LINE]) {
  return testHost({
    ...QUIET,
    app_state: () => as(role),
    queue: () => ({ lines, waiting: lines.filter((l) => l.called === null).length }),
    intake_help: () => help,
  });
}

beforeEach(async () => {
  window.location.hash = '';
  await speak('ru');
});

it('a consultant begins in the hall, types a few words and gives a ticket with two keys', async () => {
  const host = hall('consultant', []);
  let sent: unknown;
  host.answers.queue_join = (args: unknown) => {
    sent = args;
    return {
      ticket: 'А-2',
      id: 'q2',
      urgent: false,
      circle: 'integrity',
      words_dropped: false,
      changed: { cases: [], lists: ['queue'] },
    };
  };
  open();
  const words = await screen.findByLabelText(/С чем пришёл/);
  await waitFor(() => expect(words).toHaveFocus());
  const user = userEvent.setup();
  await user.keyboard('грубил полицейский{Control>}{Enter}{/Control}');
  expect(await screen.findByText('Талон А-2')).toBeVisible();
  expect(screen.getByText(/только сотрудники закрытого круга/)).toBeVisible();
  expect(sent).toMatchObject({ words: 'грубил полицейский', urgent: false, category: null });
  expect(words).toHaveValue('');
  expect(words).toHaveFocus();
  // They do not take the visit down: nothing to call with.
  expect(screen.queryByRole('button', { name: /Вызвать/ })).toBeNull();
});

it('the theme that looks right and the name are a key away from the words', async () => {
  const host = hall('consultant', []);
  host.answers.intake_help = () => ({
    ...help,
    suggestion: { ...help.suggestion, categories: [{ code: 'ZKH-03' }, { code: 'ZKH-01' }] },
  });
  let sent: unknown;
  host.answers.queue_join = (args: unknown) => {
    sent = args;
    return {
      ticket: 'А-2',
      id: 'q2',
      urgent: false,
      circle: 'open',
      words_dropped: false,
      changed: { cases: [], lists: ['queue'] },
    };
  };
  open();
  const words = await screen.findByLabelText(/С чем пришёл/);
  await waitFor(() => expect(words).toHaveFocus());
  const user = userEvent.setup();
  await user.keyboard('нет света');
  await screen.findByRole('group', { name: 'Похоже на' });
  await user.keyboard('{Alt>}[Enter][KeyW]{/Alt}Омаров{Control>}[Enter]{/Control}');
  await waitFor(() =>
    expect(sent).toMatchObject({ words: 'нет света', name: 'Омаров', category: 'ZKH-03' }),
  );
});

it('nothing typed is lost when the ticket could not be saved', async () => {
  const host = hall('consultant', []);
  host.answers.queue_join = () => {
    throw { code: 'disk_full', params: {} };
  };
  open();
  const words = await screen.findByLabelText(/С чем пришёл/);
  await userEvent.type(words, 'справка{Enter}');
  expect(await screen.findByRole('alert')).toBeVisible();
  expect(words).toHaveValue('справка');
});

it('Alt+N calls who is next and opens the intake of that call', async () => {
  const host = hall('officer');
  let asked: unknown;
  host.answers.queue_call = (args: unknown) => {
    asked = args;
    return {
      ticket: 'А-1',
      draft: { id: 'd1', form: { text: 'нет отопления' }, saved_at: LINE.joined_at },
      changed: { cases: [], lists: ['queue'] },
    };
  };
  open();
  expect(await screen.findByText('нет отопления')).toBeVisible();
  expect(screen.getByText('ждёт 5 мин')).toBeVisible();
  await userEvent.keyboard('{Alt>}[KeyN]{/Alt}');
  await waitFor(() => expect(asked).toEqual({ id: null }));
  await waitFor(() => expect(window.location.hash).toBe('#/intake/d1'));
});

it('what the officer may not know of a ticket looks like nothing said', async () => {
  const silent = { ...LINE, about: {} as QueueLine['about'], urgent: true };
  hall('officer', [silent]);
  open();
  expect(await screen.findByText('ещё не сказал')).toBeVisible();
  expect(screen.getByText('Без очереди')).toBeVisible();
});

it('what the next person says while a ticket is on its way stays typed', async () => {
  const host = hall('consultant', []);
  let answer: (value: unknown) => void = () => {};
  host.answers.queue_join = () => new Promise((resolve) => (answer = resolve));
  open();
  const words = await screen.findByLabelText(/С чем пришёл/);
  const user = userEvent.setup();
  await user.type(screen.getByLabelText(/^Имя/), 'Асель');
  await user.type(words, 'нет света{Enter}');
  await user.clear(words);
  await user.type(words, 'потеряла паспорт');
  answer({
    ticket: 'А-3',
    id: 'q3',
    urgent: false,
    circle: null,
    words_dropped: false,
    changed: { cases: [], lists: ['queue'] },
  });
  expect(await screen.findByText('Талон А-3')).toBeVisible();
  expect(words).toHaveValue('потеряла паспорт');
  // The name was the last person's.
  expect(screen.getByLabelText(/^Имя/)).toHaveValue('');
});
