import { afterEach, expect, test } from 'vitest'
import { accelerator } from '../../../../containers/vm/kvm.ts'

const before = process.env.SEATRIAL_VM_ACCEL
afterEach(() => {
  if (before === undefined) delete process.env.SEATRIAL_VM_ACCEL
  else process.env.SEATRIAL_VM_ACCEL = before
})
const disk = { disk: '/none/disk.qcow2', kernel: '/none/vmlinuz', initrd: '/none/initrd.img' }

test('machines run under TCG where nothing else was asked for', async () => {
  delete process.env.SEATRIAL_VM_ACCEL
  expect(await accelerator(disk)).toBe('tcg')
})

test('an accelerator that there is not is refused by name', async () => {
  process.env.SEATRIAL_VM_ACCEL = 'hvf'
  await expect(accelerator(disk)).rejects.toThrow('SEATRIAL_VM_ACCEL is "hvf": it may be tcg or kvm')
})
