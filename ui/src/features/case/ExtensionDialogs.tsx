// More time for an answer: an officer asks, the head signs, the applicant is told.
import type { CaseView, ContactHow } from '../../backend';
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { day, dayOf } from '../../i18n/dates';
import { Button, Dialog, ErrorNote, Field, PillRadios, TextArea, toast } from '../../kit';
import { useKept } from '../../shell/kept';
import { toastDone } from '../../shell/undo';
import { DayField } from '../intake/DayField';
import { bodyName } from '../intake/useBook';
import type { DialogProps } from './CaseDialogs';
import { Cautions, InLanguage, safeWay } from './Cautions';
import { until as untilWords } from './dates';
import { FormDialog } from './FormDialog';
import { ReadyText } from './ReadyText';

const HOW: readonly ContactHow[] = ['call', 'in_person', 'message', 'letter'];

/** What holds now and how far it may go: said before anything is typed. */
function Bounds(props: { view: CaseView }) {
  const { due, limit } = props.view.terms;
  const today = dayOf(new Date());
  if (!due || !limit) return null;
  return (
    <p className="m">
      {t('terms.now', { due: day(due, today), limit: untilWords(limit, today) })}{' '}
      {t('terms.notice_rule')}
    </p>
  );
}

export function ExtensionAskDialog(props: DialogProps) {
  const { view, onClose } = props;
  const ask = useAction('extension_ask');
  const [until, setUntil] = useKept<string | null>('extensionAsk.until', null);
  const [reason, setReason] = useKept('extensionAsk.reason', '');
  return (
    <FormDialog
      title={t('terms.ask.title')}
      save={t('terms.ask.yes')}
      pending={ask.isPending}
      error={ask.error}
      disabled={until === null || reason.trim() === ''}
      onClose={onClose}
      onSave={() => {
        if (until === null) return;
        ask.mutate(
          { case: view.id, until, reason: reason.trim() },
          {
            onSuccess: ({ undo }) => {
              toastDone(t('terms.ask.done'), undo);
              onClose();
            },
          },
        );
      }}
    >
      <Bounds view={view} />
      <ReadyText
        view={view}
        moment="extend"
        label={t('terms.reason')}
        autoFocus
        value={reason}
        onChange={setReason}
      />
      <DayField
        name="extensionAsk.day"
        label={t('terms.until')}
        value={until}
        onChange={setUntil}
      />
    </FormDialog>
  );
}

/** The head decides, beginning with what was asked for. */
export function ExtensionDecideDialog(props: DialogProps) {
  const { view, onClose } = props;
  const asked = view.terms.asks.at(-1);
  const decide = useAction('extension_decide');
  const [until, setUntil] = useKept<string | null>('extensionDecide.until', asked?.until ?? null);
  const [reason, setReason] = useKept('extensionDecide.reason', asked?.reason ?? '');
  const [number, setNumber] = useKept('extensionDecide.number', '');
  const send = (granted: boolean) => {
    if (decide.isPending || reason.trim() === '' || (granted && until === null)) return;
    decide.mutate(
      {
        case: view.id,
        granted,
        until: granted ? until : null,
        reason: reason.trim(),
        decision_number: number.trim(),
      },
      {
        onSuccess: () => {
          toast(granted ? t('terms.decide.done') : t('terms.decide.refused'));
          onClose();
        },
      },
    );
  };
  const empty = reason.trim() === '';
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('terms.decide.title')}
      foot={
        <>
          {asked ? (
            <Button disabled={empty} pending={decide.isPending} onPress={() => send(false)}>
              {t('terms.decide.no')}
            </Button>
          ) : (
            <Button onPress={onClose}>{t('case.dialog.cancel')}</Button>
          )}
          <Button
            primary
            disabled={empty || until === null}
            pending={decide.isPending}
            onPress={() => send(true)}
          >
            {t('terms.decide.yes')}
          </Button>
        </>
      }
    >
      {asked ? <p>{t('terms.asked', { who: asked.who, until: untilWords(asked.until) })}</p> : null}
      <Bounds view={view} />
      <DayField
        name="extensionDecide.day"
        label={t('terms.until')}
        value={until}
        onChange={setUntil}
      />
      <ReadyText
        view={view}
        moment="extend"
        label={t('terms.reason')}
        autoFocus
        value={reason}
        onChange={setReason}
      />
      <p className="s">{t('terms.reason_hint')}</p>
      <Field
        label={t('terms.decision_number')}
        aside={t('terms.if_any')}
        value={number}
        onChange={setNumber}
      />
      <ErrorNote error={decide.error} />
    </Dialog>
  );
}

/** The applicant was told of a decision: how, and what he said to it. */
export function NoticeDialog(props: DialogProps & { about: string }) {
  const { view, book, about, onClose } = props;
  const sent = view.referrals.find((r) => r.redirect && r.sent_at && !r.withdrawn);
  const kind = view.terms.notices.find((n) => n.about === about)?.kind;
  const give = useAction('notice_give');
  const [how, setHow] = useKept<ContactHow>('notice.how', safeWay(view));
  const [text, setText] = useKept('notice.text', '');
  const one = view.terms.extensions.find((e) => e.event === about);
  return (
    <FormDialog
      title={t('terms.notice.title')}
      save={t('terms.notice.yes')}
      pending={give.isPending}
      error={give.error}
      onClose={onClose}
      onSave={() =>
        give.mutate(
          { case: view.id, about, how, text: text.trim() },
          {
            onSuccess: ({ undo }) => {
              toastDone(t('terms.notice.done'), undo);
              onClose();
            },
          },
        )
      }
    >
      <Cautions view={view} />
      <InLanguage view={view} />
      {kind === 'redirect' && sent ? (
        <p>
          {t('redirect.notice', {
            agency: bodyName(book, sent.agency),
            reason: sent.redirect?.reason ?? '',
          })}
        </p>
      ) : null}
      {one?.until ? (
        <p>{t('terms.notice.extension', { until: untilWords(one.until), reason: one.reason })}</p>
      ) : null}
      <PillRadios
        label={t('case.contact.how')}
        value={how}
        onChange={(id) => setHow(id as ContactHow)}
        options={HOW.map((id) => ({ id, label: t(`case.contact.${id}`) }))}
      />
      <TextArea label={t('case.contact.text')} rows={2} value={text} onChange={setText} />
    </FormDialog>
  );
}
