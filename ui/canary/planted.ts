// A planted type error: the type check must fail on it (see run.mjs).
import { t } from '../src/i18n';

export const planted: number = 'not a number';
export const unknownText = t('no.such.text');
