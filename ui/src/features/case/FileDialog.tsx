// The file a body sent with its answer, over the case.
import { useEffect, useState } from 'react';
import type { Document, ReferralView } from '../../backend';
import { useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { Button, Dialog, ErrorNote, Note } from '../../kit';
import type { DialogProps } from './CaseDialogs';

export function FileDialog(props: DialogProps & { referral: ReferralView }) {
  const { view, referral, onClose } = props;
  const { data, error, refetch } = useCommand('answer_file', {
    case: view.id,
    referral: referral.id,
  });
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={referral.answered?.file?.name ?? t('case.document.open')}
      foot={<Button onPress={onClose}>{t('kit.close')}</Button>}
    >
      {error ? <ErrorNote error={error} onRetry={() => void refetch()} /> : null}
      {data ? <Paper document={data} save /> : error ? null : <p className="paper" />}
    </Dialog>
  );
}

/** Shows what a window may show: a PDF or an image. Nothing of it is ever run. */
function Paper(props: { document: Document; save?: boolean }) {
  const { document: paper } = props;
  const url = useObjectUrl(paper);
  const blocked = useFrameBlocked();
  const pdf = paper.media_type === 'application/pdf';
  const image = /^image\/(png|jpeg|webp|gif)$/.test(paper.media_type);
  if (!url) return null;
  const shown = t('case.document.page', { name: paper.name });
  return (
    <>
      {image ? <img className="paper-image" src={url} alt={shown} /> : null}
      {pdf && !blocked ? <iframe className="paper" src={url} title={shown} /> : null}
      {pdf && blocked ? <Note>{t('case.document.fallback')}</Note> : null}
      {props.save ? (
        <p>
          <a className="link" href={url} download={paper.name}>
            {t('case.document.save')}
          </a>
        </p>
      ) : null}
    </>
  );
}

function useObjectUrl(paper: Document): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const bytes = Uint8Array.from(atob(paper.base64), (c) => c.charCodeAt(0));
    const made = URL.createObjectURL(new Blob([bytes], { type: paper.media_type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [paper]);
  return url;
}

/** True when this window may not show a page inside itself. */
function useFrameBlocked(): boolean {
  const [blocked, setBlocked] = useState(false);
  useEffect(() => {
    const told = (event: SecurityPolicyViolationEvent) => {
      if (/^(frame-src|child-src|default-src)$/.test(event.effectiveDirective)) setBlocked(true);
    };
    document.addEventListener('securitypolicyviolation', told);
    return () => document.removeEventListener('securitypolicyviolation', told);
  }, []);
  return blocked;
}
