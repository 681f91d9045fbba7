// What one does with a file: open it, save a copy, take it back.
import type { AttachmentLine, AttachTo } from '../../backend';
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { Button, Dialog, ErrorNote, TextArea, toast } from '../../kit';
import { useKept } from '../../shell/kept';
import { FormDialog } from '../case/FormDialog';
import { CoverDialog } from './cover/CoverDialog';
import type { Marked } from './cover/parts';

export function FileActs(props: {
  file: AttachmentLine;
  to: AttachTo;
  open: boolean;
  noteMax: number;
}) {
  const { file, to } = props;
  const [asked, ask] = useKept<'open' | 'save' | 'cover' | 'note' | 'withdraw'>(`file.${file.id}`);
  const [marked, mark] = useKept<Marked>(`file.${file.id}.covered`);
  const look = useAction('attachment_open');
  const save = useAction('attachment_save');
  const fetch = useAction('attachment_fetch');
  const close = () => ask(undefined);
  const run = (what: 'open' | 'save', sure: boolean) => {
    close();
    const request = { to, id: file.id, sure };
    if (what === 'open') look.mutate(request);
    else {
      save.mutate(request, {
        onSuccess: ({ path }) => toast(t('files.saved', { path })),
      });
    }
  };
  const press = (what: 'open' | 'save') => (file.active ? ask(what) : run(what, false));
  return (
    <div className="file-acts">
      <div className="fx wrap">
        {file.here ? (
          <>
            <Button
              small
              label={t('files.open_one', { name: file.name })}
              pending={look.isPending}
              onPress={() => press('open')}
            >
              {t('files.open')}
            </Button>
            <Button
              small
              quiet
              label={t('files.save_one', { name: file.name })}
              pending={save.isPending}
              onPress={() => press('save')}
            >
              {t('files.save')}
            </Button>
          </>
        ) : null}
        {file.travel.at === 'there' ? (
          <Button
            small
            label={t('files.fetch_one', { name: file.name })}
            pending={fetch.isPending}
            onPress={() => fetch.mutate({ to, id: file.id })}
          >
            {t('files.fetch')}
          </Button>
        ) : null}
        {props.open && file.here && file.can_cover ? (
          <Button
            small
            quiet
            label={t('files.cover_one', { name: file.name })}
            onPress={() => ask('cover')}
          >
            {t('files.cover')}
          </Button>
        ) : null}
        {props.open ? (
          <Button
            small
            quiet
            label={t('files.note_one', { name: file.name })}
            onPress={() => ask('note')}
          >
            {t('files.note')}
          </Button>
        ) : null}
        {props.open ? (
          <Button
            small
            quiet
            label={t('files.withdraw_one', { name: file.name })}
            onPress={() => ask('withdraw')}
          >
            {t('files.withdraw')}
          </Button>
        ) : null}
      </div>
      <ErrorNote error={look.error} safe={t('files.safe')} />
      <ErrorNote error={fetch.error} safe={t('files.safe')} />
      <ErrorNote error={save.error} safe={t('files.safe')} />
      {asked === 'note' ? (
        <NoteDialog file={file} to={to} max={props.noteMax} onClose={close} />
      ) : null}
      {asked === 'cover' ? (
        <CoverDialog file={file} to={to} marked={marked} onMark={mark} onClose={close} />
      ) : null}
      {asked === 'withdraw' ? <Withdraw file={file} to={to} onClose={close} /> : null}
      {asked === 'open' || asked === 'save' ? (
        <Dialog
          open
          onClose={close}
          title={t('files.active.title')}
          foot={
            <>
              <Button autoFocus onPress={close}>
                {t('files.active.leave')}
              </Button>
              <Button danger onPress={() => run(asked, true)}>
                {t(asked === 'open' ? 'files.active.open' : 'files.active.save')}
              </Button>
            </>
          }
        >
          <p>{t('files.active.text', { name: file.name })}</p>
        </Dialog>
      ) : null}
    </div>
  );
}

/** What the file is, in a few words: in the list, and in the letter it goes with. */
function NoteDialog(props: {
  file: AttachmentLine;
  to: AttachTo;
  max: number;
  onClose: () => void;
}) {
  const { file, to, max, onClose } = props;
  const save = useAction('attachment_note');
  const [note, setNote] = useKept('file.note', file.note);
  const over = [...note.trim()].length - max;
  return (
    <FormDialog
      title={t('files.note')}
      save={t('files.note_save')}
      pending={save.isPending}
      error={save.error}
      disabled={over > 0}
      onClose={onClose}
      onSave={() => save.mutate({ to, id: file.id, note: note.trim() }, { onSuccess: onClose })}
    >
      <p>
        <span className="t file-name" translate="no">
          {file.name}
        </span>
      </p>
      <TextArea
        label={t('files.note_label')}
        aside={t('files.note_aside', { max })}
        rows={2}
        autoFocus
        value={note}
        onChange={setNote}
        error={over > 0 ? t('files.note_over', { n: over }) : undefined}
      />
    </FormDialog>
  );
}

const WITHDRAW_TEXT = {
  case: 'files.withdraw_text',
  draft: 'files.withdraw_text_draft',
  place: 'files.withdraw_text_place',
} as const;

/** Of a case's file a reason is asked: it stays where the file was. */
function Withdraw(props: { file: AttachmentLine; to: AttachTo; onClose: () => void }) {
  const { file, to, onClose } = props;
  const withdraw = useAction('attachment_withdraw');
  const [reason, setReason] = useKept('file.reason', '');
  const ofCase = to.to === 'case';
  return (
    <FormDialog
      title={t('files.withdraw_title')}
      save={t('files.withdraw_yes')}
      pending={withdraw.isPending}
      error={withdraw.error}
      disabled={ofCase && reason.trim() === ''}
      onClose={onClose}
      onSave={() =>
        withdraw.mutate(
          { to, id: file.id, reason: reason.trim() },
          {
            onSuccess: () => {
              toast(t('files.withdrawn'));
              onClose();
            },
          },
        )
      }
    >
      <p>
        <span className="t file-name" translate="no">
          {file.name}
        </span>
      </p>
      <p>{t(WITHDRAW_TEXT[to.to])}</p>
      {ofCase ? (
        <TextArea
          label={t('files.withdraw_reason')}
          rows={2}
          autoFocus
          value={reason}
          onChange={setReason}
        />
      ) : null}
    </FormDialog>
  );
}
