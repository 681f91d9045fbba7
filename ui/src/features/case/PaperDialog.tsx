// A paper as it will come out of the printer, page under page.
import type { PaperOf } from '../../backend';
import { useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { Button, Dialog, ErrorNote } from '../../kit';
import { useFinishKey } from './FormDialog';
import './paper.css';
import { usePrint } from './usePrint';

export interface ShownPaper {
  of: PaperOf;
  name: string;
}

export function PaperDialog(props: { paper: ShownPaper; onClose: () => void }) {
  const { paper, onClose } = props;
  const print = usePrint();
  const { data, error, refetch } = useCommand('paper_preview', paper.of);
  const ready = data !== undefined;
  function run(): void {
    if (ready) print.run(paper.of);
  }
  useFinishKey(run);
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={paper.name}
      foot={
        <>
          <Button onPress={onClose}>{t('kit.close')}</Button>
          <Button primary kbd="Ctrl+Enter" pending={print.running} disabled={!ready} onPress={run}>
            {t('paper.print')}
          </Button>
        </>
      }
    >
      <section
        className="pages"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long paper is read by the arrow keys
        tabIndex={0}
        aria-label={paper.name}
        aria-busy={!data && !error}
      >
        {error ? <ErrorNote error={error} onRetry={() => void refetch()} /> : null}
        {data || error ? null : <p className="m">{t('paper.loading')}</p>}
        {data?.pages.map((page, index) => (
          <img
            // biome-ignore lint/suspicious/noArrayIndexKey: pages have no other name
            key={index}
            src={`data:image/svg+xml,${encodeURIComponent(page)}`}
            alt={t('paper.page', { paper: paper.name, n: index + 1, of: data.pages.length })}
          />
        ))}
      </section>
      <ErrorNote error={print.error} />
    </Dialog>
  );
}
