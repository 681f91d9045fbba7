// Redirect by art. 65: an officer prepares it, the head signs, the applicant is told the same day.
import type { Disclosed, ReferralView } from '../../backend';
import { useAction } from '../../backend/query';
import { t, tCode } from '../../i18n';
import { dayOf } from '../../i18n/dates';
import {
  Button,
  Combo,
  Dialog,
  ErrorNote,
  Field,
  PillChecks,
  PillRadios,
  TextArea,
  toast,
} from '../../kit';
import { useKept } from '../../shell/kept';
import { FilesStay } from '../files';
import { bodyName, themeName, useBodies } from '../intake/useBook';
import type { DialogProps } from './CaseDialogs';
import { until } from './dates';
import { FormDialog } from './FormDialog';

const DISCLOSED = ['name', 'phone', 'address'] as const;

export function RedirectDialog(props: DialogProps) {
  const { view, book, onClose } = props;
  const prepare = useAction('redirect_prepare');
  // Only bodies the law binds can take the duty.
  const bodies = useBodies(book, false).filter((b) => book.agency(b.id)?.appk_body !== 'no');
  const theme = book.category(view.issues[0]?.category ?? null);
  const first = bodies.find((b) => b.id === theme?.agency_primary)?.id ?? null;
  const [agency, setAgency] = useKept<string | null>('redirect.agency', first);
  const [part, setPart] = useKept('redirect.part', 'whole');
  const [issues, setIssues] = useKept<string[]>('redirect.issues', []);
  const [ground, setGround] = useKept('redirect.ground', '');
  const [reason, setReason] = useKept('redirect.reason', '');
  const [text, setText] = useKept('redirect.text', view.narrative);
  // The body has to answer the applicant itself.
  const [disclosed, setDisclosed] = useKept<Disclosed>('redirect.disclosed', {
    name: true,
    phone: true,
    address: true,
  });
  const whole = part === 'whole' || view.issues.length < 2;
  const missing =
    agency === null ||
    ground.trim() === '' ||
    reason.trim() === '' ||
    text.trim() === '' ||
    (!whole && issues.length === 0);
  return (
    <FormDialog
      title={t('redirect.title')}
      save={t('redirect.save')}
      wide
      pending={prepare.isPending}
      error={prepare.error}
      disabled={missing}
      onClose={onClose}
      onSave={() => {
        if (missing || agency === null) return;
        prepare.mutate(
          {
            case: view.id,
            agency,
            whole,
            issues: whole ? [] : issues,
            ground: ground.trim(),
            reason: reason.trim(),
            text: text.trim(),
            disclosed,
          },
          {
            onSuccess: () => {
              toast(t('redirect.saved'));
              onClose();
            },
          },
        );
      }}
    >
      {view.terms.redirect_due ? (
        <p className="m">
          {t('redirect.rule', { due: until(view.terms.redirect_due, dayOf(new Date())) })}
        </p>
      ) : null}
      <Combo
        name="redirect.agency"
        label={t('case.refer.agency')}
        items={bodies}
        value={agency}
        onChange={setAgency}
        placeholder={t('intake.category.placeholder')}
        autoFocus={first === null}
      />
      {view.issues.length > 1 ? (
        <>
          <PillRadios
            label={t('redirect.part')}
            value={part}
            onChange={setPart}
            options={[
              { id: 'whole', label: t('redirect.whole') },
              { id: 'part', label: t('redirect.part_of') },
            ]}
          />
          {whole ? null : (
            <PillChecks
              label={t('redirect.issues')}
              value={issues}
              onChange={setIssues}
              options={view.issues.map((issue) => ({
                id: issue.id,
                label: themeName(book, issue.category),
              }))}
            />
          )}
        </>
      ) : null}
      <Field
        label={t('redirect.ground')}
        aside={t('redirect.ground_hint')}
        autoFocus={first !== null}
        value={ground}
        onChange={setGround}
      />
      <TextArea label={t('redirect.reason')} rows={2} value={reason} onChange={setReason} />
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
        options={DISCLOSED.map((id) => ({ id, label: t(`intake.refer.${id}`) }))}
      />
    </FormDialog>
  );
}

/** The head reads exactly what would leave, then signs or sends it back. */
export function RedirectSignDialog(props: DialogProps & { referral: ReferralView }) {
  const { view, book, referral, onClose } = props;
  const sign = useAction('redirect_sign');
  const [number, setNumber] = useKept('redirectSign.number', '');
  const [reason, setReason] = useKept('redirectSign.reason', '');
  const [lacking, setLacking] = useKept('redirectSign.lacking', false);
  const redirect = referral.redirect;
  const send = (granted: boolean) => {
    if (sign.isPending) return;
    if (!granted && reason.trim() === '') {
      setLacking(true);
      return;
    }
    sign.mutate(
      {
        case: view.id,
        referral: referral.id,
        granted,
        decision_number: number.trim(),
        reason: reason.trim(),
      },
      {
        onSuccess: () => {
          toast(granted ? t('redirect.sign.done') : t('redirect.sign.returned'));
          onClose();
        },
      },
    );
  };
  const issues = view.issues
    .filter((i) => redirect?.issues?.includes(i.id))
    .map((i) => themeName(book, i.category));
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t('redirect.sign.title', { agency: bodyName(book, referral.agency) })}
      foot={
        <>
          <Button pending={sign.isPending} onPress={() => send(false)}>
            {t('redirect.sign.no')}
          </Button>
          <Button primary pending={sign.isPending} onPress={() => send(true)}>
            {t('redirect.sign.yes')}
          </Button>
        </>
      }
    >
      <p className="t">
        {redirect?.whole
          ? t('redirect.whole_line')
          : t('redirect.part_line', { issues: issues.join(', ') })}
      </p>
      <p>
        {redirect?.reason} <span className="m">{redirect?.ground}</span>
      </p>
      {redirect?.due ? (
        <p className="m">{t('redirect.rule', { due: until(redirect.due, dayOf(new Date())) })}</p>
      ) : null}
      <dl className="leaves">
        {referral.leaves.map((leaf) => (
          <div key={leaf.field}>
            <dt>{tCode(`intake.leaving.${leaf.field}`, leaf.field)}</dt>
            <dd>{leaf.value}</dd>
          </div>
        ))}
      </dl>
      <FilesStay to={{ to: 'case', id: view.id }} />
      <Field
        label={t('terms.decision_number')}
        aside={t('terms.if_any')}
        autoFocus
        value={number}
        onChange={setNumber}
      />
      <TextArea
        label={t('redirect.sign.reason')}
        rows={2}
        value={reason}
        onChange={(text) => {
          setReason(text);
          setLacking(false);
        }}
        {...(lacking ? { error: t('case.field.required') } : {})}
      />
      <ErrorNote error={sign.error} />
    </Dialog>
  );
}
