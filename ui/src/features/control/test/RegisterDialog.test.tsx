// The register of a period: chosen by a pill or typed, looked at, printed.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OPEN } from '../../../../test/host';
import { setHost } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { periodOf } from '../period';
import { RegisterDialog } from '../RegisterDialog';

let asked: [string, unknown][];

beforeAll(() => speak('ru'));
beforeEach(() => {
  asked = [];
  client.clear();
  setHost({
    async call(cmd, args) {
      if (cmd === 'app_state') return OPEN;
      asked.push([cmd, args]);
      if (cmd === 'paper_preview') return { name: 'register.pdf', pages: ['<svg/>'] };
      return { changed: { cases: [], lists: [] } };
    },
    onChanged: () => () => undefined,
  });
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <RegisterDialog today="2026-03-04" onClose={() => undefined} />
      </QueryClientProvider>
    </I18nProvider>,
  );
});
afterEach(cleanup);

describe('the register', () => {
  it('last month is whole, also in February, and the paper is printed as it was shown', async () => {
    expect(periodOf('last_month', '2026-01-31')).toEqual({
      from: '2025-12-01',
      until: '2025-12-31',
    });
    const user = userEvent.setup();
    await user.click(await screen.findByRole('radio', { name: 'прошлый месяц' }));
    await user.click(screen.getByRole('button', { name: 'Посмотреть' }));
    const paper = { of: 'register', from: '2026-02-01', until: '2026-02-28' };
    const dialog = await screen.findByRole('dialog');
    expect(await within(dialog).findByAltText(/страница 1 из 1/)).toBeTruthy();
    await user.click(within(dialog).getByRole('button', { name: 'Напечатать' }));
    expect(asked).toEqual([
      ['paper_preview', paper],
      ['paper_print', paper],
    ]);
  });

  it('a period that ends before it begins is told and not asked for', async () => {
    const user = userEvent.setup();
    const from = await screen.findByLabelText('С какого дня');
    await user.clear(from);
    await user.type(from, '05.03');
    expect(screen.getByText('Период заканчивается раньше, чем начинается')).toBeTruthy();
    const see = screen.getByRole('button', { name: 'Посмотреть' });
    expect(see.hasAttribute('disabled')).toBe(true);
    await user.clear(from);
    await user.type(from, '31.02');
    expect(screen.getByText('Такого дня нет')).toBeTruthy();
    await user.clear(from);
    await user.type(from, '1.1.2025');
    await user.click(see);
    expect(asked[0]).toEqual([
      'paper_preview',
      { of: 'register', from: '2025-01-01', until: '2026-03-04' },
    ]);
  });

  it('another journal is chosen by the keyboard; that of prints is offered to who administers', async () => {
    const user = userEvent.setup();
    await screen.findByRole('radio', { name: 'регистрация обращений' });
    expect(screen.queryByRole('radio', { name: 'напечатанные бумаги' })).toBeNull();
    expect(screen.getByRole('radio', { name: 'регистрация обращений' })).toHaveFocus();
    await user.keyboard('{ArrowRight}{ArrowRight}');
    expect(screen.getByRole('radio', { name: 'запросы и ответы' })).toBeChecked();
    await user.click(screen.getByRole('button', { name: 'Посмотреть' }));
    await screen.findByAltText(/запросы и ответы, .*страница 1 из 1/);
    expect(asked.at(-1)).toEqual([
      'paper_preview',
      { of: 'register', from: '2026-03-01', until: '2026-03-04', journal: 'requests' },
    ]);
  });
});
