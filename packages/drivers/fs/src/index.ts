export { fsDriver } from './fs-driver.ts';
export type { FsOptions } from './fs-driver.ts';
export type { DeleteInput } from './delete.ts';
export type { ListInput } from './list.ts';
export type { MakeFolderInput } from './make-folder.ts';
export type { ReadInput } from './read.ts';
export type { RenameInput } from './rename.ts';
export type { StatInput } from './stat.ts';
export type { Creation, WriteInput } from './write.ts';
