// A new referral of an existing case, or another body instead of one that refused.
import type { Basis, CaseView, Disclosed } from '../../backend';
import { useAction, useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { Combo, PillChecks, PillRadios, TextArea, toast } from '../../kit';
import { useSettled } from '../../kit/useSettled';
import { useKept } from '../../shell/kept';
import { asEnclosures, FilesGo, FilesLeave } from '../files';
import { DayField } from '../intake/DayField';
import { minimumDisclosed } from '../intake/form';
import { bodyName, themeName, useBodies } from '../intake/useBook';
import { BasisFields, basisHolds } from './BasisFields';
import type { DialogProps } from './CaseDialogs';
import { settledFor } from './DisputeDialogs';
import { FormDialog } from './FormDialog';
import { Leaves } from './Leaves';

/** The words of an issue: its own, else those of the case where no other issue keeps them to itself. */
function wordsOf(view: CaseView, id: string | null): string {
  const issue = view.issues.findIndex((i) => i.id === id);
  const own = issue > 0 ? (view.issues[issue]?.text.trim() ?? '') : '';
  if (issue <= 0) return view.narrative;
  return own !== '' || view.circle !== 'open' ? own : view.narrative;
}

const DISCLOSED = ['name', 'phone', 'address'] as const;

export function ReferDialog(
  props: DialogProps & { replaces: string | null; copyOf?: string | undefined },
) {
  const { view, book, replaces, copyOf, onClose } = props;
  const copied = view.referrals.find((r) => r.id === copyOf);
  const send = useAction('referral_send');
  const bodies = useBodies(book, false);
  const old = view.referrals.find((r) => r.id === replaces);
  const asIs = old ?? copied;
  const [issue, setIssue] = useKept<string | null>('refer.issue', null);
  const chosen = view.issues.find((i) => i.id === issue);
  const code =
    chosen?.category ?? (asIs ? asIs.category : (view.issues[0]?.category ?? null)) ?? null;
  const theme = book.category(code);
  const settled = replaces ? settledFor(view, replaces) : null;
  const tried = new Set(view.referrals.map((r) => r.agency));
  const proposed = [theme?.agency_primary, ...(theme?.agency_secondary ?? [])].filter(
    (a): a is string => Boolean(a) && book.agency(a)?.internal === false && !tried.has(a ?? ''),
  );
  const [agency, setAgency] = useKept<string | null>(
    'refer.agency',
    settled?.agency ?? copied?.copy_to ?? proposed[0] ?? null,
  );
  const [text, setText] = useKept('refer.text', old?.text ?? copied?.text ?? view.narrative);
  const [disclosed, setDisclosed] = useKept<Disclosed>(
    'refer.disclosed',
    old?.disclosed ?? minimumDisclosed(view.crime ? null : code),
  );
  const [due, setDue] = useKept<string | null>('refer.due', null);
  const [basis, setBasis] = useKept<Basis | null>('refer.basis', null);
  const [files, setFiles] = useKept<string[]>('refer.files', []);
  const to = { to: 'case', id: view.id } as const;
  const kept = useCommand('attachment_list', to).data?.files ?? [];
  const go = asEnclosures(kept, files);
  const isPrivate = book.agency(agency)?.appk_body === 'no';
  const needsBasis =
    isPrivate && (Boolean(disclosed.name) || Boolean(disclosed.phone) || go.length > 0);
  const grounded = basisHolds(basis);
  const applicant = view.parties.find((p) => p.party.role === 'applicant')?.party;
  const said = useSettled(text.trim(), 300);
  const asked = {
    case: view.id,
    agency: agency ?? '',
    disclosed,
    answer_due: due,
    replaces,
    basis: needsBasis ? basis : null,
    copy_of: copyOf ?? null,
    files: go.map((f) => f.id),
    issue: chosen?.id ?? null,
  };
  /** Another issue has its own words and its own body; what the officer typed himself stays. */
  function choose(id: string): void {
    const words = (of: string | null) => wordsOf(view, of);
    if (text.trim() === words(chosen?.id ?? null).trim()) setText(words(id));
    const next = view.issues.find((i) => i.id === id)?.category ?? null;
    const first = book.category(next)?.agency_primary;
    if (first && book.agency(first)?.internal === false && !tried.has(first)) setAgency(first);
    setIssue(id);
  }
  const shown = useCommand(
    'referral_preview',
    { ...asked, text: said },
    { enabled: agency !== null, keep: true },
  );
  return (
    <FormDialog
      title={t('case.refer.title')}
      save={t('case.refer.send')}
      wide
      pending={send.isPending}
      error={send.error}
      disabled={agency === null || text.trim() === '' || (needsBasis && !grounded)}
      onClose={onClose}
      onSave={() => {
        if (agency === null) return;
        send.mutate(
          { ...asked, agency, text: text.trim() },
          {
            onSuccess: () => {
              toast(t('case.saved.sent'));
              onClose();
            },
          },
        );
      }}
    >
      {old ? (
        <p className="m">{t('case.refer.instead', { agency: bodyName(book, old.agency) })}</p>
      ) : null}
      {settled ? (
        <p className="m">{t('bounce.decided', { agency: bodyName(book, settled.agency) })}</p>
      ) : null}
      {copied ? (
        <p className="m">{t('refer.copy_of', { agency: bodyName(book, copied.agency) })}</p>
      ) : null}
      {view.issues.length > 1 && !asIs ? (
        <PillRadios
          label={t('case.refer.issue')}
          value={chosen?.id ?? view.issues[0]?.id ?? null}
          onChange={choose}
          options={view.issues.map((i) => ({ id: i.id, label: themeName(book, i.category) }))}
        />
      ) : null}
      {proposed.length > 0 && !copied && !settled ? (
        <ul className="proposed">
          {proposed.map((body) => (
            <li key={body}>
              <button
                type="button"
                className="pill"
                data-selected={agency === body || undefined}
                aria-pressed={agency === body}
                onClick={() => setAgency(body)}
              >
                {bodyName(book, body)}
              </button>
              <span className="s">
                {body === theme?.agency_primary
                  ? t('intake.refer.why_primary', { category: themeName(book, theme.code) })
                  : t('intake.refer.why_helper')}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      <Combo
        name="refer.agency"
        label={t('case.refer.agency')}
        items={bodies.filter((b) => b.id !== old?.agency || b.id === settled?.agency)}
        value={agency}
        onChange={setAgency}
        placeholder={t('intake.category.placeholder')}
        autoFocus={proposed.length === 0 && !settled}
      />
      <TextArea label={t('case.refer.text')} rows={3} value={text} onChange={setText} />
      <PillChecks
        label={t('case.refer.disclose')}
        value={DISCLOSED.filter((key) => disclosed[key])}
        onChange={(next) =>
          setDisclosed({
            name: next.includes('name'),
            phone: next.includes('phone'),
            address: next.includes('address'),
          })
        }
        options={DISCLOSED.map((id) => ({
          id,
          label: t(`intake.refer.${id}`),
          disabled: id === 'phone' && Boolean(applicant?.do_not_call),
        }))}
      />
      {needsBasis ? <BasisFields basis={basis} onChange={setBasis} /> : null}
      <div className="two">
        <DayField
          name="refer.day"
          label={t('case.refer.due')}
          aside={t('intake.refer.due_hint')}
          value={due}
          onChange={setDue}
        />
      </div>
      {shown.data && agency !== null ? (
        <div>
          <p className="t">{t('intake.refer.leaves_title', { agency: bodyName(book, agency) })}</p>
          <Leaves fields={shown.data.leaves} />
        </div>
      ) : null}
      <FilesGo to={to} chosen={files} onChange={setFiles} />
      <FilesLeave to={to} files={go} />
    </FormDialog>
  );
}
