// Redirect by art. 65 at the desk: written with the case, signed by the head, the applicant told the same day.
import type { Disclosed, RedirectForm } from '../../backend';
import { t } from '../../i18n';
import { dayOf } from '../../i18n/dates';
import { Combo, Field, Note, PillChecks, PillRadios, TextArea } from '../../kit';
import { refusalText } from '../../kit/Note';
import { until } from '../case/dates';
import { Leaves } from '../case/Leaves';
import { WhyDate } from '../case/WhyDate';
import { issueName } from './issueName';
import { themesOf } from './issues';
import type { PaneProps } from './OutcomeCard';
import { bodyName, useBodies } from './useBook';

const DISCLOSED = ['name', 'phone', 'address'] as const;

export function RedirectPane(props: PaneProps) {
  const { form, change, book } = props;
  // Only bodies the law binds can take the duty.
  const bodies = useBodies(book, false).filter((b) => book.agency(b.id)?.appk_body !== 'no');
  const { redirect } = form;
  if (!redirect) return null;
  const edit = (patch: Partial<RedirectForm>) =>
    change((f) => (f.redirect ? { ...f, redirect: { ...f.redirect, ...patch } } : f));
  const several = form.more_issues.length > 0;
  const missing = props.missing.get('redirect');
  const shown = props.preview?.redirect;
  return (
    <section className="pane" id="redirect" aria-label={t('redirect.title')}>
      <h3 className="t">{t('redirect.title')}</h3>
      {missing ? <Note tone="late">{refusalText(missing)}</Note> : null}
      <Combo
        name="intake.redirect"
        label={t('case.refer.agency')}
        items={bodies}
        value={redirect.agency}
        placeholder={t('intake.category.placeholder')}
        onChange={(agency) => edit({ agency })}
      />
      {several ? (
        <PillRadios
          label={t('redirect.part')}
          value={redirect.whole ? 'whole' : 'part'}
          onChange={(part) => edit({ whole: part === 'whole' })}
          options={[
            { id: 'whole', label: t('redirect.whole') },
            { id: 'part', label: t('redirect.part_of') },
          ]}
        />
      ) : null}
      {several && !redirect.whole ? (
        <PillChecks
          label={t('redirect.issues')}
          value={redirect.issues.map(String)}
          onChange={(issues) => edit({ issues: issues.map(Number) })}
          options={themesOf(form).map((_, n) => ({
            id: String(n),
            label: issueName(form, n, book),
          }))}
        />
      ) : null}
      <Field
        label={t('redirect.ground')}
        aside={t('redirect.ground_hint')}
        value={redirect.ground}
        onChange={(ground) => edit({ ground })}
      />
      <TextArea
        label={t('redirect.reason')}
        rows={2}
        value={redirect.reason}
        onChange={(reason) => edit({ reason })}
      />
      <TextArea
        label={t('intake.refer.text')}
        aside={t('intake.refer.text_hint')}
        rows={2}
        value={redirect.text}
        onChange={(text) => edit({ text })}
      />
      <PillChecks
        label={t('intake.refer.disclose')}
        value={DISCLOSED.filter((key) => redirect.disclosed[key])}
        onChange={(keys) => edit({ disclosed: disclosedOf(keys) })}
        options={DISCLOSED.map((key) => ({
          id: key,
          label: t(`intake.refer.${key}`),
          disabled: key === 'phone' && form.applicant.do_not_call,
        }))}
      />
      {shown ? (
        <>
          <p className="s">
            <WhyDate deadline={shown.by}>
              {t('redirect.rule', { due: until(shown.by.due, dayOf(new Date())) })}
            </WhyDate>
          </p>
          <p className="s">{t('intake.redirect.notice')}</p>
          <div>
            <p className="t">
              {t('intake.refer.leaves_title', { agency: bodyName(book, shown.agency) })}
            </p>
            <Leaves fields={shown.leaves} />
          </div>
        </>
      ) : null}
    </section>
  );
}

function disclosedOf(keys: readonly string[]): Disclosed {
  return {
    name: keys.includes('name'),
    phone: keys.includes('phone'),
    address: keys.includes('address'),
  };
}
