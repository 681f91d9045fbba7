// The scanner's folder in the window: offered, attached by one key, asked about, told when it is gone.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ScanFile, type ScanLook, setHost } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { Toasts } from '../../../kit';
import { FilesCard } from '../index';
import { forgetSending } from '../sending';

let look: ScanLook;
let calls: [string, Record<string, unknown>][];
let refusal: string | undefined;

const scan = (name: string, more: Partial<ScanFile> = {}): ScanFile => ({
  name,
  bytes: 300_000,
  at: '2026-11-22T09:50:00.000Z',
  fresh: true,
  ...more,
});

beforeAll(() => speak('ru'));
beforeEach(() => {
  look = {
    folder: '/scan',
    remove: true,
    problem: null,
    files: [scan('Скан 2.pdf'), scan('Скан 1.pdf', { fresh: false })],
    more: 0,
    writing: 0,
    older: 0,
    left: 0,
  };
  calls = [];
  refusal = undefined;
  client.clear();
  forgetSending();
  setHost({
    async call(cmd, raw) {
      if (cmd === 'attachment_list') return { files: [], most: 50, bytes_max: 10_000_000 };
      if (cmd === 'scan_look') return look;
      calls.push([cmd, raw as Record<string, unknown>]);
      if (refusal) {
        const code = refusal;
        refusal = undefined;
        throw { code, params: {} };
      }
      look = { ...look, files: [], left: 0 };
      const changed = { cases: [], lists: ['files', 'scans'] };
      return { id: 'f', removed: cmd === 'scan_clear' ? 2 : true, changed };
    },
    onChanged: () => () => undefined,
  });
});
afterEach(cleanup);

function show(open = true) {
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <FilesCard to={{ to: 'draft', id: 'd1' }} open={open} />
        <Toasts />
      </QueryClientProvider>
    </I18nProvider>,
  );
  return userEvent.setup();
}

const altF = () => fireEvent.keyDown(window, { code: 'KeyF', key: 'а', altKey: true });

describe('scans', () => {
  it('one key attaches the newest, and says that the original is gone', async () => {
    show();
    await screen.findByText('Скан 2.pdf');
    altF();
    await screen.findByText(/Приложено: Скан 2.pdf. Из папки сканера удалено/);
    expect(calls).toEqual([
      [
        'scan_attach',
        { ...scan('Скан 2.pdf'), to: { to: 'draft', id: 'd1' }, note: '', not_identity: false },
      ],
    ]);
    await waitFor(() => expect(screen.queryByText('Скан 1.pdf')).toBeNull());
  });

  it('what was there before waits behind a line, and can be attached too', async () => {
    const user = show();
    expect((await screen.findByText('Скан 1.pdf')).closest('details')).toBeTruthy();
    await user.click(screen.getByText('В папке ещё 1 файл за сутки'));
    await user.click(screen.getByRole('button', { name: 'Приложить скан Скан 1.pdf' }));
    await waitFor(() => expect(calls[0]?.[1].name).toBe('Скан 1.pdf'));
  });

  it('a scan that looks like an identity document is asked about as a dropped file is', async () => {
    look.files = [scan('паспорт.pdf')];
    refusal = 'attachment_identity';
    const user = show();
    await user.click(await screen.findByRole('button', { name: 'Приложить скан паспорт.pdf' }));
    const none = await screen.findByRole('button', { name: /Это не удостоверение/ });
    // It is not offered a second time meanwhile.
    expect(screen.queryByRole('button', { name: 'Приложить скан паспорт.pdf' })).toBeNull();
    await user.click(none);
    await waitFor(() => expect(calls[1]?.[1]).toMatchObject({ not_identity: true }));
  });

  it('a scan that changed is told, not tried again', async () => {
    refusal = 'scan_changed';
    show();
    await screen.findByText('Скан 2.pdf');
    altF();
    await screen.findByText(/Файл изменился/);
    expect(screen.queryByRole('button', { name: 'Повторить' })).toBeNull();
  });

  it('a folder that is gone is said with what to do; a closed case offers nothing', async () => {
    look = { ...look, files: [], problem: { code: 'scan_missing', params: {} } };
    show();
    await screen.findByText('Папка сканера не найдена');
    expect(screen.getByText(/Путь к папке меняется в настройках/)).toBeTruthy();
    altF();
    expect(calls).toEqual([]);
    cleanup();
    show(false);
    await waitFor(() => expect(client.isFetching()).toBe(0));
    expect(screen.queryByText('Папка сканера не найдена')).toBeNull();
  });

  it('attached scans that lie there still are told and deleted by one press', async () => {
    look = { ...look, files: [], left: 2 };
    const user = show();
    await screen.findByText(/2 приложенных скана лежат .* незашифрованными/);
    await user.click(screen.getByRole('button', { name: 'Удалить из папки' }));
    await screen.findByText('Из папки сканера удалено 2 файла');
  });
});
