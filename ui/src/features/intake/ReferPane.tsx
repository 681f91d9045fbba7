// Referrals: which bodies and why, by which day, and exactly what leaves the station.
import { X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type {
  Basis,
  Disclosed,
  IntakeForm,
  Leaving,
  ReferralForm,
  ReferralPreview,
} from '../../backend';
import { t, tCode } from '../../i18n';
import { dayOf } from '../../i18n/dates';
import { Button, Combo, Kbd, Note, Pill, PillChecks, PillRadios, TextArea } from '../../kit';
import { refusalText } from '../../kit/Note';
import { BasisFields } from '../case/BasisFields';
import { until } from '../case/dates';
import { Leaves } from '../case/Leaves';
import { WhyDate } from '../case/WhyDate';
import { FilesGo, FilesLeave } from '../files';
import { Proposed, ServiceFacts } from './Bodies';
import { DayField } from './DayField';
import { proposedBodies, toggleReferral } from './form';
import { issueName } from './issueName';
import { themesOf } from './issues';
import type { PaneProps } from './OutcomeCard';
import { bodyName, themeName, useBodies } from './useBook';

export function ReferPane(props: PaneProps) {
  const { form, change, help, book } = props;
  const [other, setOther] = useState(false);
  const bodies = useBodies(book, false);
  const proposed = proposedBodies(form, help, book);
  const toggle = (agency: string) => change((f) => toggleReferral(f, agency, book));
  const free = proposed.filter((p) => !form.referrals.some((r) => r.agency === p.agency));
  return (
    <div className="pane refer">
      {form.referrals.map((referral, index) => (
        <ReferralBox
          key={referral.agency}
          {...props}
          referral={referral}
          index={index}
          shown={props.preview?.referrals.find((r) => r.agency === referral.agency && !r.copy_of)}
          copy={props.preview?.referrals.find((r) => r.copy_of === referral.agency)}
          onRemove={() =>
            change(
              (f) => toggleReferral(f, referral.agency, book),
              t('intake.dropped', { what: bodyName(book, referral.agency) }),
            )
          }
        />
      ))}
      {free.length > 0 ? (
        <fieldset>
          <legend className="field-label">
            {form.referrals.length > 0 ? t('intake.refer.also') : t('intake.refer.proposed')}
          </legend>
          <ul className="proposed">
            {free.map((p) => (
              <Proposed key={p.agency} body={p} book={book} onChoose={() => toggle(p.agency)} />
            ))}
          </ul>
        </fieldset>
      ) : null}
      {other || (proposed.length === 0 && form.referrals.length === 0) ? (
        <Combo
          name="intake.refer"
          label={form.referrals.length > 0 ? t('intake.refer.other') : t('intake.refer.proposed')}
          items={bodies.filter((b) => !form.referrals.some((r) => r.agency === b.id))}
          value={null}
          placeholder={t('intake.category.placeholder')}
          autoFocus={other}
          onChange={(agency) => {
            if (agency === null) return;
            toggle(agency);
            setOther(false);
          }}
        />
      ) : (
        <Button quiet small onPress={() => setOther(true)}>
          {t('intake.refer.other')}
        </Button>
      )}
    </div>
  );
}

const DISCLOSED = ['name', 'phone', 'address'] as const;

function ReferralBox(
  props: PaneProps & {
    referral: ReferralForm;
    index: number;
    shown: ReferralPreview | undefined;
    /** The copy for its supervisor. */
    copy: ReferralPreview | undefined;
    onRemove: () => void;
  },
) {
  const { referral, index, shown, book, form } = props;
  const missing = props.missing.get(`referral-${index}`);
  const [open, setOpen] = useState(false);
  const more = useRef<HTMLDivElement>(null);
  const asked = index === 0 ? props.leavesAsked : 0;
  useEffect(() => {
    if (asked === 0) return;
    setOpen(true);
    // It appears with this change.
    const timer = setTimeout(() => more.current?.querySelector('input')?.focus());
    return () => clearTimeout(timer);
  }, [asked]);
  // A ground that is asked for opens where it is typed.
  const wide = open || missing !== undefined;
  const body = bodyName(book, referral.agency);
  const id = `refer-${index}`;
  const edit = (patch: Partial<ReferralForm>) =>
    props.change((f) => ({
      ...f,
      referrals: f.referrals.map((r) => (r.agency === referral.agency ? { ...r, ...patch } : r)),
    }));
  const leaves = (shown?.leaves ?? []).filter((l) => l.field !== 'file');
  const enclosed = shown?.files ?? [];
  const fields = leaves.map((l) => tCode(`intake.leaving.${l.field}`, l.field));
  if (enclosed.length > 0) fields.push(t('files.leave_short', { n: enclosed.length }));
  const circle = shown && shown.circle !== 'open' ? shown.circle : null;
  return (
    <section className="referral-box" aria-label={body}>
      <div className="referral-head">
        <span className="grow referral-name">
          <span className="t">{body}</span>
          <span className="m">
            {shown ? t('intake.refer.leaves_short', { fields: fields.join(', ') }) : '\u00a0'}
          </span>
        </span>
        <PromiseTag {...props} />
        <Button
          quiet
          small
          onPress={() => setOpen(!wide)}
          describedBy={id}
          label={`${t('intake.refer.leaves')}: ${body}`}
        >
          {t('intake.refer.leaves')}
          {index === 0 ? <Kbd keys="Alt+L" /> : null}
        </Button>
        <Button
          quiet
          small
          icon
          label={t('intake.refer.remove', { agency: body })}
          onPress={props.onRemove}
        >
          <X aria-hidden="true" />
        </Button>
      </div>
      <ServiceFacts line={props.help?.bodies.find((b) => b.code === referral.agency)?.service} />
      {form.more_issues.length > 0 ? (
        <PillRadios
          label={t('intake.refer.issue')}
          value={String(referral.issue ?? 0)}
          onChange={(issue) => edit({ issue: Number(issue) })}
          options={themesOf(form).map((_, n) => ({
            id: String(n),
            label: issueName(form, n, book),
          }))}
        />
      ) : null}
      {circle ? (
        <Note tone="calm">
          {t('intake.refer.restricted', {
            circle: tCode(`circle.${circle}`, t('case.restricted')),
          })}
        </Note>
      ) : null}
      {shown?.private_body ? <p className="s">{t('intake.refer.private')}</p> : null}
      {shown?.copy_to ? (
        <CopyToSupervisor
          to={bodyName(book, shown.copy_to)}
          on={referral.copy ?? false}
          leaves={props.copy?.leaves}
          onChange={(copy) => edit({ copy })}
        />
      ) : null}
      {wide ? (
        <div className="referral-more" id={id} ref={more}>
          <p className="t">{t('intake.refer.leaves_title', { agency: body })}</p>
          <Leaves fields={leaves} />
          {missing && missing.code !== 'missing_text' ? (
            <Note tone="late">{refusalText(missing)}</Note>
          ) : null}
          <FilesLeave to={{ to: 'draft', id: props.draft }} files={enclosed} />
          {form.crime ? null : (
            <FilesGo
              to={{ to: 'draft', id: props.draft }}
              chosen={referral.files ?? []}
              onChange={(files) => edit({ files })}
              stay={shown?.files_stay}
            />
          )}
          <PillChecks
            label={t('intake.refer.disclose')}
            value={DISCLOSED.filter((key) => referral.disclosed[key])}
            onChange={(next) => edit({ disclosed: disclosedOf(next) })}
            options={DISCLOSED.map((key) => ({
              id: key,
              label: t(`intake.refer.${key}`),
              disabled: key === 'phone' && form.applicant.do_not_call,
            }))}
          />
          {shown?.private_body &&
          (referral.disclosed.name ||
            referral.disclosed.phone ||
            (referral.files ?? []).length > 0) ? (
            <div>
              <BasisFields basis={basisOf(referral)} onChange={(basis) => edit({ basis })} />
              <p className="s">{t('intake.refer.consent_why')}</p>
            </div>
          ) : null}
          {form.applicant.do_not_call ? (
            <p className="s">{t('intake.refer.phone_blocked')}</p>
          ) : null}
          <TextArea
            id={`referral-${index}`}
            label={t('intake.refer.text')}
            aside={textHint(form, referral)}
            rows={2}
            value={referral.text}
            onChange={(text) => edit({ text })}
            {...(missing?.code === 'missing_text' ? { error: t('intake.missing.refer_text') } : {})}
          />
          <div className="field-grid">
            <DayField
              name={`intake.refer.${index}.day`}
              label={t('intake.refer.due')}
              aside={t('intake.refer.due_hint')}
              value={referral.answer_due}
              onChange={(answer_due) => edit({ answer_due })}
            />
          </div>
        </div>
      ) : null}
    </section>
  );
}

/** The supervisor of a private body knows too: what leaves there is on the screen before anything goes. */
function CopyToSupervisor(props: {
  to: string;
  on: boolean;
  leaves: Leaving[] | undefined;
  onChange: (on: boolean) => void;
}) {
  return (
    <div className="copy-to">
      <Pill selected={props.on} onChange={props.onChange}>
        {t('refer.copy', { agency: props.to })}
      </Pill>
      {props.on && props.leaves ? (
        <>
          <p className="s">{t('intake.refer.leaves_title', { agency: props.to })}</p>
          <Leaves fields={props.leaves} />
        </>
      ) : null}
    </div>
  );
}

/** Drafts of older programs only know consent. */
function basisOf(referral: ReferralForm): Basis | null {
  return referral.basis ?? (referral.consent ? { kind: 'consent' } : null);
}

/** «ответ до 23 ноября», with its derivation one press away. */
function PromiseTag(
  props: { referral: ReferralForm; shown: ReferralPreview | undefined } & PaneProps,
) {
  const { referral, shown, book } = props;
  const today = dayOf(new Date());
  const chosen = referral.answer_due;
  const deadline = shown?.answer;
  const said = (due: string) =>
    t(shown?.private_body ? 'intake.refer.ask_by' : 'intake.refer.answer_by', {
      until: until(due, today),
    });
  if (chosen) return <span className="tag acc">{said(chosen)}</span>;
  if (!deadline) return null;
  const theme = book.category(shown?.category);
  const source = theme?.deadline_wd
    ? t('case.why.source_category', {
        category: themeName(book, theme.code),
        n: Math.max(theme.deadline_wd, 1),
      })
    : undefined;
  return (
    <WhyDate className="tag acc why-tag" deadline={deadline} {...(source ? { source } : {})}>
      {said(deadline.due)}
    </WhyDate>
  );
}

/** What goes when nothing is written here. */
function textHint(form: IntakeForm, referral: ReferralForm): string {
  if (form.crime) return t('intake.refer.text_hint_crime');
  return referral.issue ? t('intake.refer.text_hint_issue') : t('intake.refer.text_hint');
}

function disclosedOf(keys: readonly string[]): Disclosed {
  return {
    name: keys.includes('name'),
    phone: keys.includes('phone'),
    address: keys.includes('address'),
  };
}

/** «Теплосеть: ответ до 23 ноября», for what the officer says to the person. */
export function promiseLine(body: string, due: string): string {
  return t('intake.done.promise', { agency: body, until: until(due, dayOf(new Date())) });
}
