// Cards of one theme beside the place where advice is written: one press puts the words in.
import type { CardLine, CardRef } from '../../backend';
import { useCommand } from '../../backend/query';
import { name, t } from '../../i18n';
import { Button } from '../../kit';
import { Age } from './index';

export function CardPicks(props: {
  category: string | null | undefined;
  cited: readonly CardRef[];
  onCite: (card: CardRef, text: string) => void;
}) {
  const { category } = props;
  const found = useCommand(
    'knowledge',
    { query: '', category: category ?? null },
    { enabled: Boolean(category) },
  );
  // A hint of the theme itself is shown above already.
  const cards = (category ? (found.data?.cards ?? []) : []).filter(written);
  if (cards.length === 0) return null;
  const isCited = (card: CardLine) => props.cited.some((c) => c.code === card.code);
  return (
    <div className="stack card-picks">
      {cards.map((card) => (
        <div key={card.code}>
          <p className="m">
            <b>{name(card.title)}</b> <Age line={card} />
          </p>
          {name(card.papers) ? (
            <p className="m">{t('knowledge.papers_of', { papers: name(card.papers) })}</p>
          ) : null}
          {name(card.ground) ? <p className="s">{name(card.ground)}</p> : null}
          <Button
            small
            disabled={isCited(card)}
            onPress={() => props.onCite({ code: card.code, version: card.version }, name(card.say))}
          >
            {isCited(card) ? t('knowledge.cited') : t('knowledge.cite')}
          </Button>
        </div>
      ))}
    </div>
  );
}

const written = (card: CardLine): boolean => !card.code.startsWith('hint-');
