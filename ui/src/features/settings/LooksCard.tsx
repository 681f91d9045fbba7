// What was looked at lately: everybody's for the head, else the officer's own.
import { t } from '../../i18n';
import { Button } from '../../kit/Button';
import { Card } from '../../kit/basics';
import { useKept } from '../../shell/kept';
import { LooksDialog } from '../case';

export function LooksCard() {
  const [shown, show] = useKept('settings.looks', false);
  return (
    <Card title={t('look.settings')} padded>
      <div className="stack">
        <p className="m prose">{t('look.settings.text')}</p>
        <div className="acts">
          <Button onPress={() => show(true)}>{t('look.act')}</Button>
        </div>
      </div>
      {shown ? <LooksDialog id={null} onClose={() => show(false)} /> : null}
    </Card>
  );
}
