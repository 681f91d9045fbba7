// The scanned letter of a body, put to what it said in the same dialog: it becomes a file of the case, for who may know of the
// request, and the one that came last is taken.
import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { AttachTo } from '../../backend';
import { useAction, useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { Button, ErrorNote, PillRadios } from '../../kit';
import { Sendings } from './Sendings';
import { readSending, sameTarget, send, subscribeSending } from './sending';
import { named, useDropped } from './useDropped';

/** Files offered besides “none”: the newest. */
const OFFERED = 5;
const NONE = 'none';

export function LetterPick(props: {
  case: string;
  referral: string;
  value: string | null;
  onChange: (id: string | null) => void;
}) {
  const { value, onChange } = props;
  const to: AttachTo = { to: 'case', id: props.case, referral: props.referral };
  const { data } = useCommand('attachment_list', to);
  const sending = useSyncExternalStore(subscribeSending, readSending).filter((s) =>
    sameTarget(s.to, to),
  );
  const picker = useRef<HTMLInputElement>(null);
  const take = (files: Parameters<typeof send>[1]) => send(to, files, data?.bytes_max);
  useDropped(true, take, true);
  const kept = (data?.files ?? []).filter((f) => !f.withdrawn);
  const newest = kept.at(-1)?.id;
  const known = useRef<ReadonlySet<string>>(undefined);
  const ids = data ? kept.map((f) => f.id).join(' ') : undefined;
  useEffect(() => {
    if (ids === undefined) return;
    const now = new Set(ids.split(' ').filter(Boolean));
    const before = known.current;
    known.current = now;
    // What comes while the dialog is open is the letter.
    if (before && newest && !before.has(newest) && now.has(newest)) onChange(newest);
  }, [ids, newest, onChange]);
  const offered = kept.slice(-OFFERED);
  return (
    <div className="stack">
      {offered.length > 0 ? (
        <PillRadios
          label={t('byhand.letter')}
          value={value ?? NONE}
          onChange={(id) => onChange(id === NONE ? null : id)}
          options={[
            { id: NONE, label: t('byhand.letter.none') },
            ...offered.map((f) => ({ id: f.id, label: f.note || f.name })),
          ]}
        />
      ) : null}
      <input
        ref={picker}
        className="file-picker"
        type="file"
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          take([...(event.target.files ?? [])].map(named));
          event.target.value = '';
        }}
      />
      <div>
        <Button small onPress={() => picker.current?.click()}>
          {t('byhand.letter.add')}
        </Button>
      </div>
      <Sendings sending={sending} />
    </div>
  );
}

/** Opens the letter that lies with a stamp; nothing where there is none. */
export function LetterOpen(props: { case: string; letter: string | undefined }) {
  const { letter } = props;
  const to: AttachTo = { to: 'case', id: props.case };
  const open = useAction('attachment_open');
  const { data } = useCommand('attachment_list', to, { enabled: letter !== undefined });
  const file = data?.files.find((f) => f.id === letter && !f.withdrawn && f.here);
  // What has to be asked about before it is opened is opened among the files.
  if (!file || file.active) return null;
  return (
    <>
      <Button
        small
        label={t('files.open_one', { name: file.name })}
        pending={open.isPending}
        onPress={() => open.mutate({ to, id: file.id, sure: false })}
      >
        {t('byhand.letter.open')}
      </Button>
      <ErrorNote error={open.error} />
    </>
  );
}
