// A template with made-up data, marked as a specimen: nothing of it can be printed or given away.
import type { PublishedLine } from '../../backend';
import { useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { Button, Dialog, ErrorNote } from '../../kit';
import '../case/paper.css';
import { titleOf } from './Published';

export function SpecimenDialog(props: { line: PublishedLine; onClose: () => void }) {
  const { line, onClose } = props;
  const paper = titleOf(line);
  const args = { name: line.name, version: line.version };
  const { data, error, refetch } = useCommand('paper_specimen', args);
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t('settings.published.specimen', { paper, version: line.label })}
      foot={<Button onPress={onClose}>{t('kit.close')}</Button>}
    >
      <section
        className="pages"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long paper is read by the arrow keys
        tabIndex={0}
        aria-label={paper}
        aria-busy={!data && !error}
      >
        {error ? <ErrorNote error={error} onRetry={() => void refetch()} /> : null}
        {data || error ? null : <p className="m">{t('paper.loading')}</p>}
        {data?.pages.map((page, index) => (
          <img
            // biome-ignore lint/suspicious/noArrayIndexKey: pages have no other name
            key={index}
            src={`data:image/svg+xml,${encodeURIComponent(page)}`}
            alt={t('paper.page', { paper, n: index + 1, of: data.pages.length })}
          />
        ))}
      </section>
    </Dialog>
  );
}
