// Files in the window: dropped, pasted, picked; asked about, refused, opened with care, taken back.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AttachmentLine, type Hand, type Host, type Offered, setHost } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { FilesCard, FilesGo, FilesLeave, FilesStay } from '../index';
import { forgetSending, settled } from '../sending';

let host: Host;
let files: AttachmentLine[];
let calls: [string, Record<string, unknown>][];
/** Refusals of the core, by command; each is told once. */
let refusals: [string, string][];

const line = (name: string, more: Partial<AttachmentLine> = {}): AttachmentLine => ({
  id: name,
  name,
  media_type: 'image/jpeg',
  bytes: 1_500_000,
  note: '',
  at: '2026-11-22T09:50:00.000Z',
  who: 'Әлиева Д.',
  active: false,
  identity: false,
  here: true,
  travel: { at: 'arrived' },
  preview: null,
  can_cover: false,
  covered_of: null,
  has_covered: false,
  withdrawn: null,
  ...more,
});

beforeAll(() => speak('ru'));
beforeEach(() => {
  files = [];
  calls = [];
  refusals = [];
  client.clear();
  forgetSending();
  host = {
    async call(cmd, raw) {
      const args = raw as Record<string, unknown>;
      if (cmd === 'attachment_list')
        return { files, most: 50, note_max: 200, bytes_max: 10_000_000 };
      if (cmd === 'scan_look') return { folder: null, files: [] };
      if (cmd === 'attachments_not_given') return { files: [] };
      calls.push([cmd, args]);
      const at = refusals.findIndex(([c]) => c === cmd);
      if (at >= 0) throw { code: refusals.splice(at, 1)[0]?.[1], params: {} };
      if (cmd === 'attachment_part') {
        return { bytes: Number(args.from) + atob(String(args.base64)).length };
      }
      if (cmd === 'attachment_add') files = [...files, line(String(args.name))];
      if (cmd === 'attachment_save') return { path: '/d/а.jpg' };
      if (cmd === 'attachment_open') return {};
      if (cmd === 'attachment_preview') return { jpeg: args.id === 'p1' ? 'AAAA' : null };
      return { id: 'f', changed: { cases: [], lists: ['files'] } };
    },
    onChanged: () => () => undefined,
  };
  setHost(host);
});
afterEach(cleanup);

function show(to: 'case' | 'draft' = 'case', crime = false) {
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <FilesCard to={{ to, id: 'c1' }} open crime={crime} />
        <textarea aria-label="слова" />
      </QueryClientProvider>
    </I18nProvider>,
  );
  return userEvent.setup();
}

const jpeg = (name: string, bytes = 9) =>
  new File([new Uint8Array(bytes)], name, { type: 'image/jpeg' });
const transfer = (list: File[], types: string[]) => ({ files: list, types, items: [] });
const sent = (cmd: string) => calls.filter(([c]) => c === cmd).map(([, args]) => args);

describe('files', () => {
  it('a small picture stands beside its name; an icon until it is here', async () => {
    files = [line('а.jpg', { preview: 'p1' }), line('б.jpg', { preview: 'p2' }), line('в.jpg')];
    show();
    await screen.findByText('а.jpg');
    await waitFor(() =>
      expect([...document.images].map((one) => [one.getAttribute('src'), one.alt])).toEqual([
        ['data:image/jpeg;base64,AAAA', ''],
      ]),
    );
    expect(sent('attachment_preview').map((args) => args.id)).toEqual(['p1', 'p2']);
    expect(document.querySelectorAll('.file .file-icon')).toHaveLength(2);
  });

  it('each file says where it is, and one of another desk is fetched', async () => {
    const away = (name: string, travel: AttachmentLine['travel']) =>
      line(name, { here: false, travel });
    files = [
      line('а.jpg', { travel: { at: 'waits', why: null } }),
      line('б.jpg', { travel: { at: 'goes', done: 2, of: 7 } }),
      line('в.jpg', { travel: { at: 'waits', why: 'quota' } }),
      away('г.jpg', { at: 'there' }),
      away('д.jpg', { at: 'expected' }),
      away('е.jpg', { at: 'comes', done: 1, of: 3 }),
    ];
    const user = show();
    await screen.findByText('Ждёт отправки в регион: сначала уходят записи');
    screen.getByText('Уходит в регион: 2 из 7 частей');
    screen.getByText(/Продолжит завтра/);
    screen.getByText(/Ждём файл/);
    screen.getByText('Загружается: 1 из 3 частей');
    expect(screen.queryByRole('button', { name: 'Открыть файл г.jpg' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Загрузить файл г.jpg' }));
    await waitFor(() => expect(sent('attachment_fetch')).toMatchObject([{ id: 'г.jpg' }]));
    expect(screen.queryByRole('button', { name: 'Загрузить файл д.jpg' })).toBeNull();
  });

  it('a file dropped anywhere goes in parts and stands in the list', async () => {
    show();
    await screen.findByRole('heading', { name: 'Файлы' });
    fireEvent.dragOver(window, { dataTransfer: transfer([], ['Files']) });
    expect(await screen.findByText(/Отпустите/)).toBeTruthy();
    const big = 4_000_000;
    fireEvent.drop(window, { dataTransfer: transfer([jpeg('яма.jpg', big)], ['Files']) });
    await screen.findByText('яма.jpg', { selector: '.t' }, { timeout: 5000 });
    expect(screen.queryByText(/Отпустите/)).toBeNull();
    const parts = sent('attachment_part');
    expect(parts.length).toBe(3);
    expect(parts.map((p) => p.from)).toEqual([0, 1572864, 3145728]);
    const bytes = parts.reduce((sum, p) => sum + atob(String(p.base64)).length, 0);
    expect(bytes).toBe(big);
    expect(sent('attachment_add')[0]).toMatchObject({ name: 'яма.jpg', not_identity: false });
  });

  it('where the page is given no files, the window’s hands bring them: dropped, and pasted without a text', async () => {
    let tell: (hand: Hand) => void = () => undefined;
    const kept = new Map([
      [1, 'abc'],
      [2, 'a picture'],
    ]);
    setHost({
      ...host,
      hands: {
        onHand(listener) {
          tell = listener;
          return () => undefined;
        },
        pasted: async () => [{ id: 2, name: 'image.png', bytes: 9 }],
        async take(id) {
          const text = kept.get(id);
          if (!text) throw { code: 'attachment_unreadable', params: {} };
          return new TextEncoder().encode(text).buffer as ArrayBuffer;
        },
      },
    });
    show();
    await screen.findByText('Файлы');
    act(() => tell({ is: 'over' }));
    fireEvent.dragLeave(window, { relatedTarget: null });
    expect(document.querySelector('.drop-veil')).toBeTruthy();
    const files = [
      { id: 1, name: 'хат.txt', bytes: 3 },
      { id: 7, name: 'жоқ.txt', bytes: 3 },
      { id: 8, name: 'фильм.mp4', bytes: 65 * 1024 * 1024 },
    ];
    act(() => tell({ is: 'dropped', files }));
    expect(document.querySelector('.drop-veil')).toBeNull();
    await screen.findByText('хат.txt');
    await screen.findByText('Файл не читается');
    await screen.findByText('Файл больше 50 МиБ');
    const nothing = { files: [], types: [], getData: () => '' };
    fireEvent.paste(window, { clipboardData: nothing });
    await screen.findByText(/\d\d-\d\d-\d\d\.png$/);
    fireEvent.paste(window, { clipboardData: { ...nothing, getData: () => 'текст' } });
    await waitFor(() => expect(sent('attachment_add')).toHaveLength(2));
  });

  it('a file copied in a file manager and pasted into a field is attached, and its name not written there', async () => {
    let offered: Offered[] = [{ id: 1, name: 'акт №2.txt', bytes: 3 }];
    const take = async () => new TextEncoder().encode('abc').buffer as ArrayBuffer;
    setHost({
      ...host,
      hands: { onHand: () => () => undefined, pasted: async () => offered, take },
    });
    const written = vi.fn(() => true);
    document.execCommand = written;
    show();
    await screen.findByRole('heading', { name: 'Файлы' });
    const words = screen.getByLabelText('слова');
    words.focus();
    const paste = (text: string) =>
      fireEvent.paste(words, { clipboardData: { files: [], types: [], getData: () => text } });
    // As WebKitGTK tells it: no text at all, or where the file lies, in words or as an address.
    for (const text of [
      '',
      '/srv/a/акт №2.txt',
      'file:///srv/a/%D0%B0%D0%BA%D1%82%20%E2%84%962.txt',
    ]) {
      calls.length = 0;
      expect(paste(text)).toBe(false);
      await waitFor(() => expect(sent('attachment_add')).toHaveLength(1));
    }
    expect(written).not.toHaveBeenCalled();
    // Words that only begin like that stay words, and come where they were pasted.
    offered = [];
    expect(paste('/12 кабинет, тел. 102')).toBe(false);
    await waitFor(() =>
      expect(written).toHaveBeenCalledWith('insertText', false, '/12 кабинет, тел. 102'),
    );
    expect(paste('Во дворе яма')).toBe(true);
  });

  it('says of a chosen file that the body will not get it, and what to do', async () => {
    const to = { to: 'draft', id: 'd1' } as const;
    const locked = line('құпия.pdf');
    setHost({
      ...host,
      async call(cmd, args) {
        if (cmd === 'attachment_list')
          return { files: [locked], most: 50, note_max: 200, bytes_max: 1 };
        if (cmd === 'attachments_not_given') {
          expect(args).toEqual({ to, ids: [locked.id] });
          return { files: [{ id: locked.id, why: 'told' }] };
        }
        return host.call(cmd, args);
      },
    });
    render(
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={client}>
          <FilesLeave to={to} files={[locked]} />
          <FilesGo to={to} chosen={[locked.id]} onChange={() => undefined} />
        </QueryClientProvider>
      </I18nProvider>,
    );
    await screen.findByText(/^«құпия.pdf» орган не получит: из файла нельзя убрать/);
    expect(screen.getByText(/Приложите его в другом виде: сохраните как PDF/)).toBeVisible();
    const leaving = within(screen.getAllByRole('list')[0] as HTMLElement);
    expect(leaving.getByText('органу не выдадут')).toBeVisible();
  });

  it('says of a chosen file that it does not lie here yet, what becomes of the request, and fetches it', async () => {
    const to = { to: 'case', id: 'c1' } as const;
    const away = { here: false, preview: 'p1' } as const;
    files = [
      line('акт.pdf', { ...away, travel: { at: 'there' } }),
      line('двор.jpg', { ...away, travel: { at: 'expected' } }),
      line('дом.jpg'),
    ];
    const ids = files.map((f) => f.id);
    let asked = 0;
    const before = host.call;
    host.call = async (cmd, args) => {
      if (cmd === 'attachments_not_given') asked += 1;
      return before(cmd, args);
    };
    render(
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={client}>
          <FilesLeave to={to} files={files} />
          <FilesGo to={to} chosen={ids} onChange={() => undefined} />
        </QueryClientProvider>
      </I18nProvider>,
    );
    expect(await screen.findByText(/^«акт.pdf» приложили на другом рабочем месте/)).toBeVisible();
    expect(screen.getByText(/^«двор.jpg» ещё не дошёл до региона/)).toBeVisible();
    expect(screen.getByText(/^Запрос можно отправить сейчас/)).toBeVisible();
    expect(screen.queryByText(/^«дом.jpg»/)).toBeNull();
    expect(await screen.findAllByText('файла ещё нет на этом компьютере')).toHaveLength(2);
    const looked = asked;
    await userEvent.click(screen.getByRole('button', { name: 'Загрузить' }));
    expect(sent('attachment_fetch')).toEqual([{ to, id: ids[0] }]);
    // It came: whether the body will be given it can be told now.
    await waitFor(() => expect(asked).toBeGreaterThan(looked));
  });

  it('a pasted picture is taken, but a pasted text with a picture goes to the text', async () => {
    show();
    await screen.findByRole('heading', { name: 'Файлы' });
    const words = screen.getByLabelText('слова');
    const both = transfer([jpeg('image.png')], ['text/plain', 'Files']);
    expect(fireEvent.paste(words, { clipboardData: both })).toBe(true);
    expect(calls).toEqual([]);
    const only = transfer([jpeg('image.png')], ['Files']);
    expect(fireEvent.paste(words, { clipboardData: only })).toBe(false);
    await waitFor(() => expect(sent('attachment_add').length).toBe(1));
    expect(sent('attachment_add')[0]?.name).toMatch(/^Снимок \d\d-\d\d-\d\d\.png$/);
  });

  it('what looks like an identity document waits for the officer, and the intake with it', async () => {
    refusals = [['attachment_add', 'attachment_identity']];
    const user = show('draft');
    await screen.findByRole('heading', { name: 'Файлы' });
    fireEvent.drop(window, { dataTransfer: transfer([jpeg('паспорт.jpg')], ['Files']) });
    const leave = await screen.findByRole('button', { name: 'Не прикладывать' });
    expect(document.activeElement).toBe(leave);
    await expect(settled({ to: 'draft', id: 'c1' })).rejects.toMatchObject({
      code: 'attachment_waits',
    });
    await user.click(screen.getByRole('button', { name: 'Это не удостоверение, приложить' }));
    await screen.findByText('паспорт.jpg', { selector: '.t' });
    // The bytes did not come again.
    expect(sent('attachment_part').length).toBe(1);
    expect(sent('attachment_add')[1]).toMatchObject({ not_identity: true });
    await settled({ to: 'draft', id: 'c1' });
  });

  it('not attaching it leaves nothing', async () => {
    refusals = [['attachment_add', 'attachment_identity']];
    const user = show();
    await screen.findByRole('heading', { name: 'Файлы' });
    fireEvent.drop(window, { dataTransfer: transfer([jpeg('паспорт.jpg')], ['Files']) });
    await user.click(await screen.findByRole('button', { name: 'Не прикладывать' }));
    expect(screen.queryByText(/паспорт/)).toBeNull();
    expect(sent('attachment_add').length).toBe(1);
  });

  it('a full disk is told beside the file and tried again; a program is only told', async () => {
    refusals = [['attachment_part', 'disk_full']];
    const user = show();
    await screen.findByRole('heading', { name: 'Файлы' });
    fireEvent.drop(window, { dataTransfer: transfer([jpeg('а.jpg')], ['Files']) });
    await user.click(await screen.findByRole('button', { name: 'Повторить' }));
    await screen.findByText('а.jpg', { selector: '.t' });
    refusals = [['attachment_add', 'attachment_program']];
    fireEvent.drop(window, { dataTransfer: transfer([jpeg('б.exe')], ['Files']) });
    await screen.findByText(/Это программа/);
    expect(screen.queryByRole('button', { name: 'Повторить' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Понятно' }));
    expect(screen.queryByText('б.exe')).toBeNull();
  });

  it('a file over the limit is not even sent', async () => {
    show();
    await screen.findByRole('heading', { name: 'Файлы' });
    await waitFor(() => expect(client.isFetching()).toBe(0));
    fireEvent.drop(window, { dataTransfer: transfer([jpeg('в.mp4', 10_000_001)], ['Files']) });
    await screen.findByText(/Файл больше/);
    expect(calls).toEqual([]);
  });

  it('an active file is opened only after the warning, a calm one at once', async () => {
    files = [line('двор.jpg'), line('план.svg', { active: true, media_type: 'image/svg+xml' })];
    const user = show();
    await user.click(await screen.findByRole('button', { name: 'Открыть файл двор.jpg' }));
    await waitFor(() => expect(sent('attachment_open')).toMatchObject([{ sure: false }]));
    await user.click(screen.getByRole('button', { name: 'Открыть файл план.svg' }));
    const dialog = await screen.findByRole('dialog');
    expect(sent('attachment_open').length).toBe(1);
    await user.click(within(dialog).getByRole('button', { name: 'Всё равно открыть' }));
    await waitFor(() => expect(sent('attachment_open')[1]).toMatchObject({ sure: true }));
  });

  it('taking a file of a case back asks why; what was taken back is told', async () => {
    files = [
      line('двор.jpg'),
      line('не то.jpg', {
        withdrawn: { at: '2026-11-22T10:00:00.000Z', who: 'Омарова', reason: 'другой двор' },
      }),
    ];
    const user = show();
    await user.click(await screen.findByText('Убран 1 файл'));
    expect(await screen.findByText(/другой двор/)).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Убрать файл двор.jpg' }));
    const dialog = await screen.findByRole('dialog');
    const yes = within(dialog).getByRole('button', { name: /Убрать и удалить/ });
    expect(yes.hasAttribute('disabled')).toBe(true);
    await user.type(within(dialog).getByRole('textbox', { name: 'Почему' }), 'чужой');
    await user.click(yes);
    await waitFor(() =>
      expect(sent('attachment_withdraw')).toMatchObject([{ id: 'двор.jpg', reason: 'чужой' }]),
    );
  });

  it('a few words say what a file is; too many are told before they are sent', async () => {
    files = [line('двор.jpg', { note: 'вид с улицы' })];
    const user = show();
    expect(await screen.findByText('вид с улицы')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Пояснение к файлу двор.jpg' }));
    const box = await screen.findByRole('textbox', { name: /Что это/ });
    await user.clear(box);
    await user.click(box);
    await user.paste('а'.repeat(201));
    expect(screen.getByText('Лишний 1 знак')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Сохранить' })).toBeDisabled();
    await user.clear(box);
    await user.type(box, 'дыра у качелей');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() =>
      expect(sent('attachment_note')).toMatchObject([{ id: 'двор.jpg', note: 'дыра у качелей' }]),
    );
  });

  it('the crime branch says that files will not be kept', async () => {
    files = [line('побои.jpg')];
    show('draft', true);
    expect(
      await screen.findByText(/приложенные файлы будут удалены с этого компьютера/),
    ).toBeTruthy();
  });

  it('files go with a request only when chosen; what looks like a document is not offered at once', async () => {
    files = [line('двор.jpg', { note: 'вид' }), line('паспорт.jpg', { identity: true })];
    let chosen: string[] = [];
    const user = userEvent.setup();
    const draw = () => (
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={client}>
          <FilesGo
            to={{ to: 'case', id: 'c1' }}
            chosen={chosen}
            onChange={(next) => {
              chosen = next;
            }}
            stay="leaving_file_consent"
          />
        </QueryClientProvider>
      </I18nProvider>
    );
    const { rerender } = render(draw());
    await user.click(await screen.findByRole('checkbox', { name: 'двор.jpg: вид' }));
    expect(chosen).toEqual(['двор.jpg']);
    rerender(draw());
    expect(screen.getByText(/Файлы не уходят частной организации/)).toBeTruthy();
    expect(screen.getByText(/Не уходит 1 приложенный файл/)).toBeTruthy();
    expect(screen.queryByRole('checkbox', { name: 'паспорт.jpg' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Всё равно показать' }));
    expect(screen.getByRole('checkbox', { name: 'паспорт.jpg' })).not.toBeChecked();
  });

  it('the preview of a referral says that files stay', async () => {
    files = [line('а.jpg'), line('б.jpg')];
    render(
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={client}>
          <FilesStay to={{ to: 'case', id: 'c1' }} />
        </QueryClientProvider>
      </I18nProvider>,
    );
    expect(await screen.findByText(/Не уходят 2 приложенных файла/)).toBeTruthy();
  });
});
