// Days without a line: what waits goes to the region on a stick, and the receipt comes back on it.
import { useState } from 'react';
import type { BundleFault } from '../../backend';
import { useAction } from '../../backend/query';
import { t, tCode } from '../../i18n';
import { Button } from '../../kit/Button';
import { Card } from '../../kit/basics';
import { Field } from '../../kit/Field';
import { ErrorNote, Note } from '../../kit/Note';

interface Said {
  text: string;
  faults: readonly BundleFault[];
}

export function StickCard() {
  const [folder, setFolder] = useState('');
  const [said, say] = useState<Said>();
  const write = useAction('bundle_export');
  const carry = useAction('bundle_carry');
  const receipt = useAction('bundle_receipt');
  const all = [write, carry, receipt];
  const pending = all.some((a) => a.isPending);
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
            onPress={() =>
              write.mutate(begin(), {
                onSuccess: (done) =>
                  say({ text: t('stick.written', { n: done.events }), faults: [] }),
              })
            }
          >
            {t('stick.write')}
          </Button>
          <Button
            pending={receipt.isPending}
            disabled={none}
            onPress={() =>
              receipt.mutate(begin(), {
                onSuccess: (done) =>
                  say({
                    text:
                      done.receipts === 0
                        ? t('stick.receipt_none')
                        : t('stick.receipt_taken', { n: done.events }),
                    faults: done.faults,
                  }),
              })
            }
          >
            {t('stick.receipt')}
          </Button>
          <Button
            quiet
            pending={carry.isPending}
            disabled={none}
            onPress={() =>
              carry.mutate(begin(), {
                onSuccess: (done) =>
                  say({ text: t('stick.carried', { n: done.carried }), faults: done.faults }),
              })
            }
          >
            {t('stick.carry')}
          </Button>
        </div>
        <div aria-live="polite" className="stack">
          {all.map((a, n) =>
            // biome-ignore lint/suspicious/noArrayIndexKey: the three actions never change places
            a.error ? <ErrorNote key={n} error={a.error} safe={t('stick.safe')} /> : null,
          )}
          {said ? (
            <Note tone="calm">
              <p>{said.text}</p>
            </Note>
          ) : null}
          {said && said.faults.length > 0 ? (
            <Note tone="warn">
              {said.faults.map((f) => (
                <p key={f.name}>
                  <span translate="no">{f.name}</span>:{' '}
                  {tCode(`error.${f.code}`, t('error.unknown'))}. {tCode(`error.${f.code}.do`, '')}
                </p>
              ))}
            </Note>
          ) : null}
        </div>
      </div>
    </Card>
  );
}
