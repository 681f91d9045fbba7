// Days without a line: what waits goes to the region on a stick, and the receipt comes back on it.
import { useEffect, useRef, useState } from 'react';
import type { BundleAcknowledged, BundleCarried, BundleExported, BundleFault } from '../../backend';
import { useAction, useCommand } from '../../backend/query';
import { t, tCode } from '../../i18n';
import { Button } from '../../kit/Button';
import { Card } from '../../kit/basics';
import { Field } from '../../kit/Field';
import { ErrorNote, Note } from '../../kit/Note';
import '../files/files.css';
import { useKept } from '../../shell/kept';
import { sizeText } from '../files/words';

/** Faults told one by one; beyond it they are counted. */
const FAULTS_TOLD = 10;

interface Said {
  texts: readonly string[];
  /** What found no room, and why. */
  left: readonly string[];
  faults: readonly BundleFault[];
}

export function StickCard() {
  const [folder, setFolder] = useKept('stick.folder', '');
  const [said, say] = useState<Said>();
  const write = useAction('bundle_export');
  const carry = useAction('bundle_carry');
  const receipt = useAction('bundle_receipt');
  const all = [write, carry, receipt];
  const pending = all.some((a) => a.isPending);
  const words = useRef<HTMLDivElement>(null);
  const ended = said ?? all.find((a) => a.error)?.error;
  // The buttons stand at the lower edge when the keys have come to them: what came of it would be said out of sight.
  useEffect(() => {
    if (ended) words.current?.scrollIntoView({ block: 'nearest' });
  }, [ended]);
  const begin = () => {
    say(undefined);
    for (const a of all) a.reset();
    return { folder: folder.trim() };
  };
  const none = folder.trim() === '' || pending;
  return (
    <Card title={t('stick.title')} padded>
      <div className="stack">
        <p className="m prose">{t('stick.text')}</p>
        <Field
          id="stick-folder"
          label={t('stick.folder')}
          hint={t('stick.folder.hint')}
          value={folder}
          onChange={setFolder}
        />
        <div className="acts">
          <Button
            pending={write.isPending}
            disabled={none}
            onPress={() => write.mutate(begin(), { onSuccess: (done) => say(written(done)) })}
          >
            {t('stick.write')}
          </Button>
          <Button
            pending={receipt.isPending}
            disabled={none}
            onPress={() => receipt.mutate(begin(), { onSuccess: (done) => say(taken(done)) })}
          >
            {t('stick.receipt')}
          </Button>
          <Button
            quiet
            pending={carry.isPending}
            disabled={none}
            onPress={() => carry.mutate(begin(), { onSuccess: (done) => say(carried(done)) })}
          >
            {t('stick.carry')}
          </Button>
        </div>
        {pending ? <Going /> : null}
        <div ref={words} aria-live="polite" className="stack">
          {all.map((a, n) =>
            // biome-ignore lint/suspicious/noArrayIndexKey: the three actions never change places
            a.error ? <ErrorNote key={n} error={a.error} safe={t('stick.safe')} /> : null,
          )}
          {said && said.texts.length > 0 ? (
            <Note tone="calm">
              {said.texts.map((text) => (
                <p key={text}>{text}</p>
              ))}
            </Note>
          ) : null}
          {said && said.left.length > 0 ? (
            <Note tone="warn">
              {said.left.map((text) => (
                <p key={text}>{text}</p>
              ))}
            </Note>
          ) : null}
          {said && said.faults.length > 0 ? <Faults faults={said.faults} /> : null}
        </div>
      </div>
    </Card>
  );
}

/** How far the files have come, while they are written or handed on. */
function Going() {
  const { data } = useCommand('sync_status', {});
  const progress = data?.progress;
  if (progress?.step !== 'stick' || progress.of === 0) return null;
  const text = t('stick.progress', { done: sizeText(progress.done), of: sizeText(progress.of) });
  return (
    <div className="row file-sends">
      <p>{text}</p>
      <progress max={progress.of} value={progress.done} aria-label={text} />
    </div>
  );
}

function Faults(props: { faults: readonly BundleFault[] }) {
  const more = props.faults.length - FAULTS_TOLD;
  return (
    <Note tone="warn">
      {props.faults.slice(0, FAULTS_TOLD).map((f) => (
        <p key={`${f.name} ${f.code}`}>
          <span className="file-name" translate="no">
            {f.name}
          </span>
          : {because(f.code)}
        </p>
      ))}
      {more > 0 ? <p>{t('stick.more_faults', { n: more })}</p> : null}
    </Note>
  );
}

/** What a code says, and what to do. */
function because(code: string): string {
  return `${tCode(`error.${code}`, t('error.unknown'))}. ${tCode(`error.${code}.do`, '')}`.trim();
}

function written(done: BundleExported): Said {
  const texts: string[] = [];
  const left: string[] = [];
  if (done.events > 0 || done.attached > 0) texts.push(t('stick.written', { n: done.events }));
  if (done.attached > 0) {
    texts.push(t('stick.files', { n: done.attached, size: sizeText(done.attached_bytes) }));
  }
  if (done.stopped) left.push(because(done.stopped));
  if (done.events_left > 0) left.push(t('stick.left_events', { n: done.events_left }));
  if (done.attached_left > 0) {
    const size = sizeText(done.attached_left_bytes);
    left.push(t('stick.left_files', { n: done.attached_left, size }));
  }
  return { texts, left, faults: done.faults };
}

function carried(done: BundleCarried): Said {
  const texts: string[] = [];
  const files = done.attached + done.attached_there;
  if (done.carried > 0 || files === 0) texts.push(t('stick.carried', { n: done.carried }));
  if (done.attached > 0) {
    texts.push(t('stick.carried_files', { n: done.attached, size: sizeText(done.attached_bytes) }));
  }
  if (done.attached_there > 0) texts.push(t('stick.carried_there', { n: done.attached_there }));
  return { texts, left: [], faults: done.faults };
}

function taken(done: BundleAcknowledged): Said {
  const texts: string[] = [];
  if (done.receipts > 0) texts.push(t('stick.receipt_taken', { n: done.events }));
  else if (done.others > 0) texts.push(t('stick.receipt_none'));
  if (done.attached > 0) texts.push(t('stick.receipt_files', { n: done.attached }));
  return { texts, left: [], faults: done.faults };
}
