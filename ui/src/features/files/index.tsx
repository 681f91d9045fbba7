export { FilesCard } from './FilesCard';
export { FilesStay } from './FilesStay';
