import { expect, test } from 'vitest'
import { BadSshTarget, parseSshTarget } from '../../../../src/host/ssh-target.ts'

test.each([
  ['web-1', { host: 'web-1' }],
  ['root@web-1', { host: 'web-1', user: 'root' }],
  ['root@10.0.0.7:2222', { host: '10.0.0.7', user: 'root', port: 2222 }],
  ['an_alias', { host: 'an_alias' }],
  ['[::1]', { host: '::1' }],
  ['[::1]:22', { host: '::1', port: 22 }],
  ['user@[fe80::1%eth0]', { host: 'fe80::1%eth0', user: 'user' }],
  ['::1', { host: '::1' }],
  ['ann@corp.example@bastion:22', { host: 'bastion', user: 'ann@corp.example', port: 22 }],
  ['CORP\\ann@box', { host: 'box', user: 'CORP\\ann' }],
  ['a+b.c@box', { host: 'box', user: 'a+b.c' }],
])('%s is understood', (text, target) => {
  expect(parseSshTarget(text)).toEqual(target)
})

test.each([
  '',
  'root@',
  '@web-1',
  '-oProxyCommand=reboot',
  'root@-oProxyCommand=reboot',
  '-l@web-1',
  'web 1',
  'web-1;reboot',
  '$(reboot)',
  'ann;reboot@web-1',
  'ann\n@web-1',
  '//root@web-1',
  'web-1:',
  'web-1:0',
  'web-1:65536',
  'web-1:ssh',
  'web-1:22:22',
  '[web-1]:22',
  '[::1',
  '[::1]22',
])('%j is refused before any program is given it', text => {
  expect(() => parseSshTarget(text)).toThrow(BadSshTarget)
})
