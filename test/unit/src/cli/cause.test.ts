import { expect, test } from 'vitest'
import { causesOf, normalised } from '../../../../src/cli/cause.ts'

const failed = (name: string, description: string, reason = 'step-failed') => ({
  name,
  failures: [{ reason, description }],
})

test('equal failures are one cause, told as the first host told it, the most frequent first', () => {
  expect(
    causesOf([
      failed('ssh:root@n1', 'ssh:root@n1 cannot be reached (timeout): n1 port 22: no answer'),
      failed('ssh:n4', 'The disk is full.'),
      failed('ssh:root@n2:2222', 'ssh:root@n2:2222 cannot be reached (timeout): n2 port 22: no answer'),
      { name: 'ssh:ok', failures: [] },
    ]).map(({ failure, hosts }) => [failure.description, hosts]),
  ).toEqual([
    ['ssh:root@n1 cannot be reached (timeout): n1 port 22: no answer', ['ssh:root@n1', 'ssh:root@n2:2222']],
    ['The disk is full.', ['ssh:n4']],
  ])
})

test.each([
  ['"systemctl restart containerd" exited with 1', '"systemctl restart containerd" exited with 5'],
  ['/etc/a.conf, line 3', '/etc/a.conf, line 4'],
])('%s and %s are two causes', (a, b) => {
  expect(causesOf([failed('ssh:n1', a), failed('ssh:n2', b)])).toHaveLength(2)
})

test('the same words under another reason are another cause', () => {
  expect(causesOf([failed('ssh:n1', 'x'), failed('ssh:n2', 'x', 'locked')])).toHaveLength(2)
})

test.each([
  ['config.toml.seatrial-6355083d', 'config.toml.seatrial-DIGEST'],
  ['containerd[4711]: no', 'containerdPID: no'],
  ['at 03:04:05.678: no', 'at TIME: no'],
  ['on web-1 and web-10', 'on HOST and web-10'],
])('what is the own of a host is not its cause: %s', (text, expected) => {
  expect(normalised(text, 'docker:web-1')).toBe(expected)
})
