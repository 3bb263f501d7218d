/** A secret by name. Resolved where it is used, never logged. */
export interface SecretRef {
  readonly secretRef: string;
}

/** Where secrets come from. */
export interface SecretSource {
  /** @throws KernelError `SecretMissing` */
  resolve(ref: SecretRef): Promise<string>;
}
