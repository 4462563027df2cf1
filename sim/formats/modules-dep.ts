import { moduleName } from './modprobe-d.ts'

/**
 * modules.dep(5): by module, all that it needs, the needed ones last. The binary index that libkmod reads is made from
 * the same lines by depmod(8).
 */
export function parseModulesDep(text: string): ReadonlyMap<string, readonly string[]> {
  const dependencies = new Map<string, readonly string[]>()
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':')
    if (colon < 0) continue
    const needed = line.slice(colon + 1).split(' ')
    dependencies.set(nameOfFile(line.slice(0, colon)), needed.filter(path => path !== '').map(nameOfFile))
  }
  return dependencies
}

/** `kernel/net/bridge/br_netfilter.ko` is `br_netfilter`. */
function nameOfFile(path: string): string {
  const base = path.slice(path.lastIndexOf('/') + 1)
  return moduleName(base.slice(0, base.indexOf('.ko')))
}
