export { FilesCard } from './FilesCard';
export { asEnclosures, FilesGo, FilesLeave } from './FilesGo';
export { FilesStay } from './FilesStay';
export { LetterOpen, LetterPick } from './LetterPick';
export { Left } from './Scans';
