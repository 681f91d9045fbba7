// Is it a real answer? Five things an answer has to have; what is missing is named to the body.
import type { ReferralView } from '../../backend';
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { Button, Dialog, ErrorNote, PillChecks, toast } from '../../kit';
import { useKept } from '../../shell/kept';
import { bodyName } from '../intake/useBook';
import { Blind } from './ByHandDialogs';
import type { DialogProps, Opened } from './CaseDialogs';
import { ReadyText } from './ReadyText';

export const CHECKS = ['facts', 'decision', 'who_when', 'next', 'appeal'] as const;

export function CheckDialog(
  props: DialogProps & { referral: ReferralView; onOpen: (opened: Opened) => void },
) {
  const { view, book, referral, onClose } = props;
  const check = useAction('referral_check');
  const [note, setNote] = useKept('check.note', '');
  const [has, setHas] = useKept<string[]>('check.has', []);
  const all = CHECKS.every((one) => has.includes(one));
  const judge = (good: boolean) => {
    if (check.isPending || good !== all) return;
    check.mutate(
      { case: view.id, referral: referral.id, good, has, note: note.trim() },
      {
        onSuccess: () => {
          toast(good ? t('case.saved.checked') : t('case.saved.returned'));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('case.check.title', { agency: bodyName(book, referral.agency) })}
      wide
      foot={
        <>
          <Button
            primary={!all}
            disabled={all}
            pending={check.isPending}
            onPress={() => judge(false)}
          >
            {t('case.check.bad')}
          </Button>
          <Button
            primary={all}
            disabled={!all}
            pending={check.isPending}
            onPress={() => judge(true)}
          >
            {t('case.check.good')}
          </Button>
        </>
      }
    >
      <blockquote className="carry">{referral.answered?.text}</blockquote>
      {referral.answered?.file ? (
        <div>
          <Button small onPress={() => props.onOpen({ kind: 'file', referral: referral.id })}>
            {t('case.referral.open_file', { name: referral.answered.file.name })}
          </Button>
        </div>
      ) : null}
      <PillChecks
        label={t('check.has')}
        value={has}
        onChange={setHas}
        options={CHECKS.map((id) => ({ id, label: t(`check.${id}`) }))}
      />
      <p className="s">{t('check.rule')}</p>
      <ReadyText
        view={view}
        moment={all ? null : 'check.returned'}
        referral={referral.id}
        label={t('case.check.note')}
        value={note}
        onChange={setNote}
      />
      {all ? null : <Blind referral={referral} />}
      <ErrorNote error={check.error} />
    </Dialog>
  );
}

/** What was found missing, in words. */
export function lacksText(codes: readonly string[]): string {
  const known = CHECKS.filter((c) => codes.includes(c)).map((c) => t(`check.${c}`));
  return known.length > 0 ? t('check.lacks', { what: known.join('; ') }) : '';
}
