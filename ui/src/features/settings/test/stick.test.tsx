// The card of the stick: how many files go, what found no room, and how far it has come.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import { testHost } from '../../../../test/host';
import type { BundleCarried, BundleExported } from '../../../backend';
import { client, followChanges } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { StickCard } from '../StickCard';

const MIB = 1024 * 1024;

const WRITTEN: BundleExported = {
  files: ['a.esik-bundle'],
  events: 5,
  events_left: 0,
  attached: 3,
  attached_bytes: 3.5 * MIB,
  attached_left: 0,
  attached_left_bytes: 0,
  stopped: null,
  faults: [],
};

const CARRIED: BundleCarried = {
  carried: 0,
  attached: 0,
  attached_bytes: 0,
  attached_there: 0,
  faults: [],
};

function open(answers: Record<string, (args: never) => unknown>) {
  const host = testHost({ sync_status: () => ({ progress: null }), ...answers });
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <StickCard />
      </QueryClientProvider>
    </I18nProvider>,
  );
  return host;
}

async function presses(button: RegExp) {
  await userEvent.type(screen.getByRole('textbox'), '/media/stick');
  await userEvent.click(screen.getByRole('button', { name: button }));
}

beforeEach(() => speak('ru'));

it('says how many files are on the stick, and how large they are', async () => {
  open({ bundle_export: () => WRITTEN });
  await presses(/^Записать/);
  expect(await screen.findByText('Файлы на флешке: 3 (3,5 МБ).')).toBeDefined();
  expect(screen.getByText(/^Записано 5 записей/)).toBeDefined();
  expect(screen.queryByText(/^Не записано/)).toBeNull();
});

it('says what found no room, and that it waits', async () => {
  const full = {
    ...WRITTEN,
    events: 0,
    attached: 1,
    attached_left: 2,
    attached_left_bytes: 60 * MIB,
    stopped: 'bundle_full',
  };
  open({ bundle_export: () => full });
  await presses(/^Записать/);
  expect(await screen.findByText(/На флешке не хватило места\. Освободите/)).toBeDefined();
  expect(screen.getByText('Не записано файлов: 2 (60 МБ). Они ждут здесь.')).toBeDefined();
  expect(screen.getByText(/записаны только файлы/)).toBeDefined();
});

it('tells files that were handed on from those that were there, and each that is of no use', async () => {
  const faults = [...Array(12).keys()].map((n) => ({
    name: `${n}.esik-file`,
    code: n === 0 ? 'bundle_damaged' : 'bundle_file_unknown',
  }));
  open({
    bundle_carry: () => ({
      ...CARRIED,
      attached: 2,
      attached_bytes: 2048,
      attached_there: 1,
      faults,
    }),
  });
  await presses(/^Передать/);
  expect(await screen.findByText(/^Передано файлов: 2 \(2 КБ\)/)).toBeDefined();
  expect(screen.getByText(/уже были в регионе: 1/)).toBeDefined();
  expect(screen.queryByText('Ничего не передано')).toBeNull();
  expect(screen.getByText('0.esik-file')).toBeDefined();
  expect(screen.getByText(/Запишите его на флешку заново/)).toBeDefined();
  expect(screen.getByText('И ещё файлов: 2.')).toBeDefined();
});

it('tells how far it has come while one waits', async () => {
  let end: (done: BundleCarried) => void = () => {};
  let progress: unknown = null;
  const host = open({
    sync_status: () => ({ progress }),
    bundle_carry: () =>
      new Promise<BundleCarried>((done) => {
        end = done;
      }),
  });
  const deaf = followChanges();
  await presses(/^Передать/);
  expect(screen.queryByRole('progressbar')).toBeNull();
  progress = { step: 'stick', done: 10 * MIB, of: 40 * MIB };
  act(() => host.tell({ cases: [], lists: ['sync'] }));
  expect(await screen.findByRole('progressbar', { name: 'Файлы: 10 МБ из 40 МБ' })).toBeDefined();
  await act(async () => end(CARRIED));
  expect(await screen.findByText('Ничего не передано')).toBeDefined();
  expect(screen.queryByRole('progressbar')).toBeNull();
  deaf();
});

it.each([
  ['kk', 'Флешкадағы файлдар: 3 (3,5 МБ).'],
  ['en', 'Files on the stick: 3 (3.5 MB).'],
] as const)('speaks %s', async (lang, text) => {
  await speak(lang);
  open({ bundle_export: () => WRITTEN });
  await presses(/жазу$|^Write/);
  expect(await screen.findByText(text)).toBeDefined();
});

it('what came of it is brought into sight, good or bad', async () => {
  const shown = vi.spyOn(Element.prototype, 'scrollIntoView');
  open({ bundle_export: () => WRITTEN });
  await presses(/^Записать/);
  const said = await screen.findByText(/^Записано 5 записей/);
  expect(shown.mock.contexts.at(-1)).toContainElement(said);
  shown.mockClear();
  await userEvent.click(screen.getByRole('button', { name: /^Принять/ }));
  const refused = await screen.findByRole('alert');
  expect(shown.mock.contexts.at(-1)).toContainElement(refused);
  shown.mockRestore();
});
