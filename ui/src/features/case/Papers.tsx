// Papers of a case: what can be printed now, and what was printed.
import type { CaseView, PaperLine, PaperOf, PaperOffer } from '../../backend';
import { useCommand } from '../../backend/query';
import { t, tCode } from '../../i18n';
import { moment } from '../../i18n/dates';
import { Button, Card, ErrorNote, Fold, Kbd } from '../../kit';
import type { Book } from '../intake/form';
import { bodyName } from '../intake/useBook';
import type { Opened } from './CaseDialogs';
import type { Print } from './usePrint';

/** More prints than this are no list to read. */
const PRINTED_MAX = 8;

export function Papers(props: {
  view: CaseView;
  book: Book;
  onOpen: (opened: Opened) => void;
  print: Print;
}) {
  const { view, book, onOpen, print } = props;
  const { data, error, refetch } = useCommand('paper_list', { id: view.id });
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data || data.offers.length + data.printed.length === 0) return null;
  return (
    <Card className="papers" title={t('paper.title')}>
      <ul className="rows">
        {data.offers.map((offer) => (
          <li key={`${offer.paper}${offer.part ?? ''}`}>
            <PaperRow
              name={paperName(offer, book)}
              of={{ of: 'case', case: view.id, paper: offer.paper, part: offer.part }}
              {...(offer.paper === 'coupon' ? { kbd: 'Ctrl+P' } : {})}
              onOpen={onOpen}
              print={print}
            />
          </li>
        ))}
      </ul>
      {view.status_page && view.coupon_number ? (
        <div className="page-where">
          <p>
            {t('case.page.where')}: <b>{view.status_page.replace('https://', '')}</b>
            {', '}
            <span className="no">
              № <b>{view.coupon_number}</b>
            </span>
          </p>
          <p className="m">{t('case.page.how')}</p>
        </div>
      ) : null}
      {data.printed.length > 0 ? (
        <Fold
          name="case.printed"
          className="printed-before"
          summary={t('paper.printed', { n: data.printed.length })}
        >
          <ul className="rows">
            {data.printed.slice(0, PRINTED_MAX).map((line) => (
              <li key={line.id}>
                <PaperRow
                  name={paperName(line, book)}
                  note={[moment(line.at), line.who].filter(Boolean).join(', ')}
                  of={{ of: 'printed', id: line.id }}
                  onOpen={onOpen}
                  print={print}
                />
              </li>
            ))}
          </ul>
        </Fold>
      ) : null}
      <ErrorNote error={print.error} />
    </Card>
  );
}

function PaperRow(props: {
  name: string;
  note?: string;
  of: PaperOf;
  /** The key that prints it. */
  kbd?: string;
  onOpen: (opened: Opened) => void;
  print: Print;
}) {
  const { name, of, print } = props;
  const full = props.note ? `${name}, ${props.note}` : name;
  return (
    <div className="row">
      <div>
        <span className="t">{name}</span> {props.kbd ? <Kbd keys={props.kbd} /> : null}
        {props.note ? <p className="m">{props.note}</p> : null}
      </div>
      <div className="fx">
        <Button
          small
          quiet
          label={t('paper.see_one', { paper: full })}
          onPress={() => props.onOpen({ kind: 'paper', paper: { of, name } })}
        >
          {t('paper.see')}
        </Button>
        <Button
          small
          label={t('paper.print_one', { paper: full })}
          pending={print.running}
          onPress={() => print.run(of)}
        >
          {t('paper.print')}
        </Button>
      </div>
    </div>
  );
}

/** The paper in words, with the body it is for. */
export function paperName(paper: PaperOffer | PaperLine, book: Book): string {
  const kind = tCode(`paper.name.${paper.paper}`, t('paper.name.other'));
  return paper.agency ? `${kind}: ${bodyName(book, paper.agency)}` : kind;
}
