// What stands above every screen of the practice desk: the word, the way back, the visitor.
import { type ReactNode, useEffect } from 'react';
import { t } from '../../i18n';
import { Button } from '../../kit/Button';
import { leavePractice } from '../../shell/practice';
import './training.css';
import { Visitor } from './Visitor';

export function PracticeFrame(props: { children: ReactNode }) {
  useEffect(() => {
    document.documentElement.dataset.practice = '';
    return () => {
      delete document.documentElement.dataset.practice;
    };
  }, []);
  return (
    <div className="practice">
      <aside className="practice-band" aria-label={t('training.band')}>
        <span className="practice-word">{t('training.word')}</span>
        <span className="grow">{t('training.band.text')}</span>
        <Button small onPress={() => void leavePractice()}>
          {t('training.leave')}
        </Button>
      </aside>
      <Visitor />
      <div className="practice-desk">{props.children}</div>
    </div>
  );
}
