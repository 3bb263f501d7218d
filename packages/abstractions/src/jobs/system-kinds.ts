/** Whether a kind is the kernel's own: boot phases and lifecycle. Nobody else may register or submit them. */
export function isSystemKind(kind: string): boolean {
  return kind.startsWith('boot.') || kind.startsWith('kernel.');
}
