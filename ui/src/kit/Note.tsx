// A note beside the thing it is about, and the note of an error: what happened, what is safe,
// what to do. The code is only in the details.
import type { ReactNode } from 'react';
import { asRefusal, type Refusal } from '../backend';
import { known, t, tCode } from '../i18n';
import { Button } from './Button';
import type { Tone } from './basics';

export function Note(props: { children: ReactNode; tone?: Tone; live?: boolean }) {
  return (
    <div
      className={props.tone ? `note ${props.tone}` : 'note'}
      {...(props.live ? { role: 'alert' } : {})}
    >
      {props.children}
    </div>
  );
}

/** The words for a refusal: `error.<code>`, else the general ones. */
export function refusalText(refusal: Refusal): string {
  return tCode(`error.${refusal.code}`, t('error.unknown'), refusal.params);
}

/** What to do about a refusal: `error.<code>.do`, when there is something. */
export function refusalAdvice(refusal: Refusal): string | null {
  const advice = `error.${refusal.code}.do`;
  return known(advice) ? t(advice, refusal.params) : null;
}

export function ErrorNote(props: {
  error: unknown;
  /** What is safe, when the screen knows better than “nothing typed is lost”. */
  safe?: ReactNode;
  /** Tries again. */
  onRetry?: () => void;
}) {
  if (props.error === null || props.error === undefined) return null;
  const refusal = asRefusal(props.error);
  const detail = Object.entries(refusal.params ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
  return (
    <div className="note late" role="alert">
      <p className="t">{refusalText(refusal)}</p>
      <p>
        {props.safe ?? t('error.safe')} {refusalAdvice(refusal)}
      </p>
      {props.onRetry ? (
        <div className="note-act">
          <Button small onPress={props.onRetry}>
            {t('kit.retry')}
          </Button>
        </div>
      ) : null}
      <details>
        <summary>{t('error.details')}</summary>
        <code translate="no">
          {refusal.code} {detail}
        </code>
      </details>
    </div>
  );
}
