// Whom to ask: the order and the reasons of the core, by keyboard and for a reader of the screen.
import { I18nProvider } from '@lingui/react';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BodyHelp, ServiceLine } from '../../../backend';
import { i18n, speak } from '../../../i18n';
import { Proposed, reasons, ServiceFacts } from '../Bodies';
import { proposedBodies, toggleOutcome } from '../form';
import { blankForm, book, helpOf } from './samples';

beforeAll(() => speak('ru'));
afterEach(cleanup);

const body = (code: string, patch: Partial<BodyHelp> = {}): BodyHelp => ({
  code,
  why: 'secondary',
  category: 'ZKH-01',
  accepted: 0,
  rejected: 0,
  returns: false,
  territory: 'city',
  record: null,
  service: null,
  supervisor: null,
  stays: null,
  ...patch,
});

const ranked = helpOf('ZKH-01', {
  bodies: [
    body('E-ZKH', { accepted: 3 }),
    body('E-EME', { why: 'history', accepted: 4 }),
    body('E-HEA', { why: 'primary', rejected: 2, returns: true }),
    body('E-CNS', { why: 'chosen' }),
    body('E-BLF', { category: 'FAM-04' }),
  ],
});
const form = blankForm({ category: 'ZKH-01' });

describe('bodies proposed', () => {
  it('stand as the core ranks them, with one that took such requests before', () => {
    const bodies = proposedBodies(form, ranked, book);
    expect(bodies.map((b) => b.agency)).toEqual(['E-ZKH', 'E-EME', 'E-HEA']);
    // What was answered for another theme does not move these.
    const other = proposedBodies(blankForm({ category: 'BLG-01' }), ranked, book);
    expect(other.map((b) => b.agency)).toEqual(['E-ZKH']);
    expect(other[0]?.known).toBeUndefined();
  });

  it('are chosen by the key of the outcome in that order, but not where nothing may go', () => {
    const at = { form, help: ranked, book, lang: 'ru' as const, now: new Date() };
    expect(toggleOutcome('refer', true, at).referrals.map((r) => r.agency)).toEqual(['E-ZKH']);
    const stays = { ...ranked, bodies: [body('E-ZKH', { stays: 'leaving_advise_only' })] };
    const next = toggleOutcome('refer', true, { ...at, help: stays });
    expect(next.referrals.map((r) => r.agency)).toEqual(['E-HEA']);
  });

  it('say why: theme, what they did with such requests, territory', () => {
    const [first, joined, last] = proposedBodies(form, ranked, book);
    if (!first || !joined || !last) throw new Error('three bodies');
    expect(reasons(last, book)).toEqual([
      'отвечает за «ZKH-01»',
      'от нашего подразделения: приняли – 0, вернули – 2',
      'по городу',
    ]);
    expect(reasons(joined, book)[0]).toBe('уже принимали такие запросы');
  });
});

describe('a proposed body on the screen', () => {
  const show = async (of: BodyHelp) => {
    const onChoose = vi.fn();
    const proposed = { agency: of.code, primary: of.why === 'primary', theme: 'ZKH-01', known: of };
    render(
      <I18nProvider i18n={i18n}>
        <ul>
          <Proposed body={proposed} book={book} onChoose={onChoose} />
        </ul>
      </I18nProvider>,
    );
    return { onChoose, user: userEvent.setup() };
  };

  it('is chosen from the keyboard and described by its reasons', async () => {
    const { onChoose, user } = await show(
      body('E-HEA', { why: 'primary', rejected: 2, returns: true }),
    );
    const button = screen.getByRole('button', { name: 'E-HEA' });
    const told = document.getElementById(button.getAttribute('aria-describedby') ?? '');
    expect(told?.textContent).toContain('вернули – 2');
    expect(screen.getByText('чаще возвращает')).toBeTruthy();
    await user.tab();
    expect(document.activeElement).toBe(button);
    await user.keyboard('{Enter}');
    expect(onChoose).toHaveBeenCalledTimes(1);
  });

  it('is no button where the theme may not go', async () => {
    await show(body('E-HEA', { stays: 'leaving_advise_only' }));
    expect(screen.queryByRole('button')).toBeNull();
    expect(screen.getByText('E-HEA')).toBeTruthy();
  });
});

it('the directory tells papers and hours, leaves out what it does not know, and warns when old', () => {
  const none = { kk: '', ru: '', en: '' };
  const line: ServiceLine = {
    agency: 'E-HEA',
    version: 1,
    eligibility: none,
    papers: { kk: 'Акт қағазы', ru: 'Акт', en: 'The act' },
    hours: { kk: 'тәулік бойы', ru: 'круглосуточно', en: 'round the clock' },
    area: none,
    phone: none,
    address: none,
    confirmed: null,
    name: none,
    confirmed_on: null,
    stale: true,
  };
  const { container } = render(
    <I18nProvider i18n={i18n}>
      <ServiceFacts line={line} />
    </I18nProvider>,
  );
  expect([...container.querySelectorAll('dd')].map((d) => d.textContent)).toEqual([
    'Акт',
    'круглосуточно',
  ]);
  expect(container.querySelector('.tag')).toBeTruthy();
});
