// A host with made-up answers, to look at the screens while they are drawn. Development only: it
// lies beside the tests and is in no build. `node test/fake/serve.mjs [port] [full|few|empty|fresh|locked]`.
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [port = '4600', mood = 'full'] = process.argv.slice(2);
const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
};
// The policy of the window, so that what it forbids is seen here first.
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'";

const TODAY = '2026-11-22';
const at = (hhmm, day = TODAY) => `${day}T${hhmm}:00.000+05:00`;

const state = {
  phase: mood === 'fresh' ? 'fresh' : mood === 'locked' ? 'locked' : 'open',
  officers: [
    {
      id: 'o1',
      name: 'Сейітқалиева А. Н.',
      post: 'Фронт-офис инспекторы',
      role: 'officer',
      drafts: 2,
    },
    { id: 'o2', name: 'Ким В. С.', post: 'Контролёр', role: 'controller', drafts: 0 },
    {
      id: 'o3',
      name: 'Әбдірахманов Б. Қ.',
      post: 'Отбасылық зорлық-зомбылыққа қарсы іс-қимыл жөніндегі аға инспектор',
      role: 'inspector',
      drafts: 0,
    },
  ],
  session: {
    officer: 'o1',
    name: 'Сейітқалиева А. Н.',
    post: 'Фронт-офис инспекторы',
    role: 'officer',
    circles: [],
    may: ['close', 'administer'],
  },
  language: process.env.LANG_OF_DESK ?? 'ru',
  theme: process.env.THEME ?? 'light',
  station: { id: 's7', kk: 'Алатау бөлімшесі', ru: 'Алатауское отделение' },
  enrolled: mood !== 'empty',
  demo: mood === 'few',
  version: '0.1.0',
  warnings: [],
  lock_after_minutes: 10,
};
if (state.phase !== 'open') state.session = null;

const L = (ru, kk, en) => ({ ru, kk, en });
const agencies = [
  ['E-HKH', L('Отдел ЖКХ', 'ТҮКШ бөлімі', 'Housing and utilities department')],
  ['E-HEA', L('Теплоснабжающее предприятие', 'Жылумен жабдықтау кәсіпорны', 'Heat supplier')],
  ['E-VET', L('Ветеринарная станция', 'Ветеринариялық станция', 'Veterinary station')],
  ['E-SOC', L('Отдел соцпрограмм', 'Әлеуметтік бағдарламалар бөлімі', 'Social programmes')],
  ['E-EDU', L('Отдел образования', 'Білім беру бөлімінің жетекшісі', 'Education department')],
].map(([code, name]) => ({
  code,
  kind: 'X',
  internal: false,
  core: true,
  name,
  level: 'city',
  appk_body: 'yes',
  channels: ['mail'],
  ack_wd: 1,
  note: '',
}));

const row = (n, what, title, address, agency, stamps, incoming, due, late, more = {}) => ({
  key: `k${n}`,
  case: `c${n}`,
  number: `ESK-07-2026-${n}`,
  title,
  address,
  category: null,
  what,
  waiting_on: agency ? 'agency' : 'us',
  agency,
  referral: agency ? `r${n}` : null,
  task: null,
  state: agency ? 'accepted' : null,
  stamps,
  incoming_number: incoming,
  due,
  late_wd: late,
  no_receipt: false,
  reminders: 0,
  restricted: false,
  ...more,
});
const Y = 'yes',
  N = 'no',
  E = 'empty';
const they = [
  row(
    398,
    'await_answer',
    'Нет освещения двора',
    'Ауэзова, 30–34',
    'E-HKH',
    [Y, Y, Y],
    '1184',
    '2026-11-19',
    2,
  ),
  row(
    431,
    'await_answer',
    'Нет отопления',
    'Ауэзова, 12, под. 1',
    'E-HEA',
    [Y, Y, E],
    '198',
    '2026-11-23',
    0,
  ),
  row(402, 'await_answer', 'Стая собак у сада № 3', '', 'E-VET', [Y, E, E], null, '2026-11-25', 0, {
    no_receipt: true,
  }),
  row(
    415,
    'await_answer',
    'Одинокая пожилая',
    'Абая, 88',
    'E-SOC',
    [Y, Y, Y],
    '96',
    '2026-11-27',
    0,
  ),
];
const we = [
  row(412, 'check_answer', 'Вода с запахом', 'Момышулы, 4', null, [Y, Y, Y], '91', TODAY, 0),
  row(
    377,
    'find_another',
    'Открытый люк у школы',
    'Горького, 7',
    null,
    [Y, Y, N],
    '88',
    '2026-11-20',
    1,
  ),
  row(
    380,
    'tell_applicant',
    'Балабақшада орын жоқ',
    'Сарыарқа, 3',
    null,
    [Y, Y, Y],
    '310',
    '2026-11-24',
    0,
    { restricted: true },
  ),
];
const many = process.env.ROWS ? Number(process.env.ROWS) : 38;
const all = Array.from({ length: many }, (_, i) => {
  const base = they[i % they.length];
  return { ...base, key: `a${i}`, number: `ESK-07-2026-${String(i).padStart(3, '0')}` };
});

const empty = mood === 'empty';
const form = {
  text: 'Второй день холодные батареи во всём подъезде, дома грудной ребёнок, греемся газовой плитой. В ОСИ трубку не берут, на 109 сказали ждать.',
  language: 'ru',
  channel: 'front_office',
  applicant: {
    role: 'applicant',
    surname: '',
    given: '',
    patronymic: '',
    organisation: '',
    iin: '',
    phone: '',
    call_note: '',
    do_not_call: false,
  },
  represented: null,
  who_line: '',
  address: '',
  circumstances: [],
  category: null,
  more_issues: [],
  advice: null,
  referrals: [],
  tasks: [],
  crime: null,
  existing_case: null,
  started_at: null,
};

const commands = {
  app_state: () => state,
  profile_create: ({ officer }) => {
    if ([...officer.password].length < 8) throw { code: 'password_short', params: { min: '8' } };
    return { ...state, phase: 'open' };
  },
  profile_enroll: () => {
    throw { code: 'region_unreachable', params: {} };
  },
  session_open: ({ password }) => {
    if (password !== 'password') throw { code: 'wrong_password', params: {} };
    return Object.assign(state, {
      phase: 'open',
      session: {
        officer: 'o1',
        name: 'Сейітқалиева А. Н.',
        post: 'Фронт-офис инспекторы',
        role: 'officer',
        circles: [],
        may: ['close', 'administer'],
      },
    });
  },
  session_lock: () => Object.assign(state, { phase: 'locked', session: null }),
  officer_add: () => state,
  settings_set: ({ language, theme }) =>
    Object.assign(state, language ? { language } : {}, theme ? { theme } : {}),
  sync_status: () => ({
    enrolled: state.enrolled,
    online: mood === 'full',
    running: false,
    counted: true,
    unacknowledged: empty ? 0 : 3,
    last_success: empty ? null : at('14:02'),
    last_attempt: at('14:02'),
    proof: 1204,
    failure: mood === 'few' ? { code: 'region_unreachable', params: {} } : null,
    refused: 0,
    set_aside: 0,
    awaits_author: 0,
    awaits_voucher: 0,
    clock_off_s: null,
    clock_ask: false,
    progress: null,
  }),
  sync_now: () => commands.sync_status(),
  reference: () => ({ categories: [], agencies }),
  reception: () => ({
    today: TODAY,
    drafts: empty
      ? []
      : [
          {
            id: 'd1',
            title: 'Затопило подвал, запах…',
            who: '',
            address: 'Горького, 7',
            saved_at: at('11:48'),
          },
          {
            id: 'd2',
            title: 'Балабақшада орын жоқ',
            who: 'Нұрлан',
            address: '',
            saved_at: at('16:20', '2026-11-21'),
          },
        ],
    we_owe: empty ? [] : we,
    we_owe_count: empty ? 0 : 3,
    they_owe: empty ? [] : they,
    they_owe_count: empty ? 0 : 8,
    taken_today: empty
      ? []
      : [
          {
            id: 'c431',
            number: 'ESK-07-2026-431',
            title: 'Нет отопления, Ауэзова, 12',
            at: at('14:05'),
            becomes: 'case',
          },
          {
            id: 'c430',
            number: null,
            title: 'Справка о несудимости',
            at: at('13:40'),
            becomes: 'advice',
          },
        ],
    taken_today_count: empty ? 0 : 2,
    empty,
  }),
  draft_open: () => ({ id: 'd9', form: { ...form, text: '' }, saved_at: at('14:05') }),
  draft_get: ({ id }) => ({ id, form, saved_at: at('14:05') }),
  draft_save: () => ({ saved_at: new Date().toISOString() }),
  draft_discard: () => ({ changed: { cases: [], lists: ['drafts'] } }),
  control: ({ after, limit }) => {
    const from = after ? all.findIndex((one) => one.key === after) + 1 : 0;
    const rows = empty ? [] : all.slice(from, from + limit);
    return {
      today: TODAY,
      counts: empty
        ? { all: 0, overdue: 0, today: 0, week: 0, waiting_agency: 0, waiting_us: 0 }
        : { all: many, overdue: 4, today: 8, week: 17, waiting_agency: 21, waiting_us: 9 },
      rows,
      more: from + rows.length < (empty ? 0 : many),
    };
  },
  search: ({ query }) => ({
    hits:
      query.length > 8
        ? []
        : they.map((one, i) => ({
            kind: 'case',
            id: one.case,
            number: one.number,
            title: one.title,
            who: 'Сейітов Н.',
            address: one.address,
            at: at('14:05'),
            closed: i === 2,
            score: 1 - i / 10,
            why: 'text',
          })),
  }),
};

createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/rpc') {
    let body = '';
    request.on('data', (piece) => {
      body += piece;
    });
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      try {
        const { cmd, args } = JSON.parse(body);
        const run = commands[cmd];
        if (!run) throw { code: 'not_found', params: { cmd } };
        response.end(JSON.stringify({ ok: run(args) }));
      } catch (error) {
        response.end(
          JSON.stringify({
            error: error.code ? error : { code: 'internal', params: { detail: String(error) } },
          }),
        );
      }
    });
    return;
  }
  if (request.url === '/events') {
    response.setHeader('content-type', 'application/x-ndjson');
    response.write('\n');
    return;
  }
  const path = join(
    dist,
    request.url === '/' ? 'index.html' : new URL(request.url, 'http://x').pathname,
  );
  if (!path.startsWith(dist) || !existsSync(path)) {
    response.statusCode = 404;
    response.end();
    return;
  }
  response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
  response.setHeader('content-security-policy', CSP);
  createReadStream(path).pipe(response);
}).listen(Number(port), '127.0.0.1', () =>
  console.log(`http://127.0.0.1:${port}/#token=x ${mood}`),
);
