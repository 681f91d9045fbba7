// What a file is, in words: its kind and its size.
import { amount, t } from '../../i18n';

export type Kind = 'image' | 'video' | 'audio' | 'pdf' | 'text' | 'office' | 'archive' | 'other';

export function kindOf(mediaType: string): Kind {
  if (/^(image|video|audio)\//.test(mediaType)) return mediaType.split('/')[0] as Kind;
  if (mediaType === 'application/pdf') return 'pdf';
  if (mediaType === 'text/plain') return 'text';
  if (/officedocument|opendocument|ole-storage|rtf/.test(mediaType)) return 'office';
  if (/zip|rar|7z|gzip/.test(mediaType)) return 'archive';
  return 'other';
}

export function sizeText(bytes: number): string {
  const kb = bytes / 1024;
  if (kb < 1000) return t('files.size_kb', { n: amount(Math.max(1, Math.round(kb))) });
  return t('files.size_mb', { n: amount(kb / 1024, { maximumFractionDigits: 1 }) });
}
