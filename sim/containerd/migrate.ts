import { configVersion, isOutdated, migrated } from '../formats/containerd-config-2.ts'
import type { ContainerdRelease } from '../formats/containerd-release.ts'
import { formatDuration } from '../formats/go-toml/duration.ts'
import { GoPanic } from '../formats/go-toml/go-error.ts'
import type { GoMap } from '../formats/go-toml/types.ts'
import type { Log } from '../formats/logrus.ts'
import { startUris } from './registrations.ts'

/** What 2.1 does at its start with a configuration of an older version, and tells of it. */
export function migrateConfig(release: ContainerdRelease, config: GoMap, log: Log): GoMap {
  if (release.generation !== '2.1' || !isOutdated(config)) return config
  const version = configVersion(config)
  // MigrateConfigTo counts up from the version, which is an index of its migrations.
  if (version < 0n) throw new GoPanic(`runtime error: index out of range [${version}]`)
  const current = migrated(config, startUris(release, config))
  const message = `Configuration migrated from version ${version}, use \`containerd config migrate\` to avoid migration`
  // It takes no time here; the real one tells some microseconds.
  log.write('warning', message, { t: { text: formatDuration(1000), nanoseconds: 1000 } })
  return current
}
