// The head vouches for an officer of the station whom nobody vouches for, by keys alone.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it } from 'vitest';
import { OPEN, QUIET, testHost } from '../../../../test/host';
import type { AppState, SyncStatus, UnvouchedOfficer } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { App } from '../../../shell/App';
// Here, so that no test waits for it.
import '../index';

const HEAD: AppState = {
  ...OPEN,
  session: OPEN.session && { ...OPEN.session, role: 'head', may: ['close', 'administer'] },
};

function officer(id: string, name: string, more: Partial<UnvouchedOfficer>): UnvouchedOfficer {
  const mark = `${id.toUpperCase().padEnd(4, '0')}-1111-2222-3333`;
  return {
    id,
    name,
    post: '',
    role: 'officer',
    mark,
    me: false,
    left: false,
    known: false,
    ...more,
  };
}

const LIST = [
  officer('o7', 'Досанов Е.', {}),
  officer('o1', 'Сейітқалиева А. Н.', { me: true, known: true }),
];

async function open(state: AppState, list = LIST) {
  const host = testHost({
    ...QUIET,
    app_state: () => state,
    publications: () => ({ lines: [] }),
    station_contacts: () => ({ address_kk: '', address_ru: '', phone: '' }),
    scan_look: () => ({ folder: null, remove: false, left: 0, older: 0, problem: null }),
    officers_unvouched: () => ({ officers: list }),
    officer_vouch: () => ({ officers: LIST.slice(1) }),
  });
  window.location.hash = '#/settings';
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </I18nProvider>,
  );
  return host;
}

beforeEach(async () => {
  client.clear();
  await speak('ru');
});

// S14 (part): what is signed is the card whose code was shown.
it('compares a code and vouches by keys alone', async () => {
  const host = await open(HEAD);
  await screen.findByText('За кого никто не поручился', {}, { timeout: 10_000 });
  const act = screen.getByRole('button', { name: 'Поручиться: Досанов Е.' });
  expect(screen.getAllByRole('button', { name: /^Поручиться/ })).toHaveLength(1);
  expect(screen.getByText(/^Это вы: за вас поручится/)).toBeDefined();
  act.focus();
  const user = userEvent.setup();
  await user.keyboard('{Enter}');
  const dialog = await screen.findByRole('dialog', { name: 'Поручиться: Досанов Е.' });
  expect(within(dialog).getByText('O700-1111-2222-3333')).toBeDefined();
  // As in every form: what it does stands last, and Ctrl+Enter does it.
  const buttons = within(dialog).getAllByRole('button');
  expect(buttons.at(-1)).toHaveAccessibleName(/^Код тот же, поручиться/);
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() =>
    expect(host.asked).toContainEqual({
      cmd: 'officer_vouch',
      args: { officer: 'o7', mark: 'O700-1111-2222-3333' },
    }),
  );
  expect(await screen.findByText('Досанов Е.: вы поручились, записи видны')).toBeDefined();
});

it('says in the rail what waits for a voucher, and leads to where that is done', async () => {
  const waits = { ...(QUIET.sync_status?.(undefined as never) as SyncStatus), awaits_voucher: 3 };
  for (const [state, where] of [
    [HEAD, '#/settings'],
    [OPEN, '#/sync'],
  ] as const) {
    const host = await open(state);
    host.answers.sync_status = () => waits;
    const rail = await screen.findByRole('region', { name: 'Связь с регионом' });
    await act(() => client.invalidateQueries({ queryKey: ['sync_status'] }));
    const line = await within(rail).findByRole('link', { name: /^3 записи из региона ждут, пока/ });
    expect(line).toHaveAttribute('href', where);
    expect(rail).not.toHaveTextContent(/прочесть/);
    cleanup();
  }
});

it('asks nobody who may not add officers', async () => {
  const host = await open(OPEN);
  await screen.findByText('Сотрудники этого рабочего места', {}, { timeout: 10_000 });
  expect(screen.queryByText('За кого никто не поручился')).toBeNull();
  expect(host.asked.some((a) => a.cmd === 'officers_unvouched')).toBe(false);
});

it('says of whom left the service that the code is only with that person', async () => {
  await open(HEAD, [officer('o9', 'Бекова С.', { left: true })]);
  await screen.findByText('службу оставил(а)', {}, { timeout: 10_000 });
  await userEvent.setup().click(screen.getByRole('button', { name: 'Поручиться: Бекова С.' }));
  const dialog = within(await screen.findByRole('dialog'));
  expect(dialog.getByText(/Если сверить не с кем, не поручайтесь/)).toBeDefined();
  expect(dialog.queryByText(/на его рабочем месте/)).toBeNull();
});
