// Sign-in at a desk whose data are damaged or of another day: what the officer reads, and the one way on.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import { LOCKED, OPEN, QUIET, refuse, testHost } from '../../../../test/host';
import type { AppState } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { App } from '../../../shell/App';

async function refusedAs(code: string) {
  let state: AppState = LOCKED;
  const host = testHost({
    ...QUIET,
    app_state: () => state,
    session_open: () => refuse(code),
    desk_mend: () => {
      state = OPEN;
      return state;
    },
  });
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </I18nProvider>,
  );
  const user = userEvent.setup();
  const tile = state.officers[0]?.name ?? '';
  await user.click(await screen.findByRole('button', { name: new RegExp(tile) }));
  await user.type(await screen.findByLabelText(/Пароль/), 'esik-demo-2026{Enter}');
  return { host, user };
}

beforeEach(async () => {
  client.clear();
  await speak('ru');
});

it('tells that the data are of another day, brings it into sight, and mends them by one button', async () => {
  const shown = vi.spyOn(Element.prototype, 'scrollIntoView');
  const { host, user } = await refusedAs('set_back');
  expect(await screen.findByText(/другого дня/)).toBeDefined();
  expect(screen.getByText(/из старой копии/)).toBeDefined();
  expect(shown).toHaveBeenCalled();
  expect(screen.queryByRole('button', { name: /Войти$/ })).toBeNull();
  await user.keyboard('{Tab}{Tab}{Enter}');
  const asked = host.asked.filter((a) => a.cmd === 'desk_mend');
  expect(asked).toHaveLength(1);
  expect(asked[0]?.args).toMatchObject({ password: 'esik-demo-2026' });
});
