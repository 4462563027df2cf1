import { expect, it } from 'vitest'
import { kubernetesArchive } from '../../../../sim/kubelet/archive.ts'
import { packageFile } from '../../../../sim/packages/archive-package.ts'

it('pkgs.k8s.io has an archive a minor version, and other addresses none', () => {
  const archive = kubernetesArchive('https://pkgs.k8s.io/core:/stable:/v1.31/deb')
  const kubelet = archive?.packages.find(({ name }) => name === 'kubelet')
  expect(kubelet && packageFile(kubelet).item.version).toBe('1.31.0-1.1')
  expect(archive?.provenance.command).toContain('source-read')
  expect(kubernetesArchive('https://pkgs.k8s.io/core:/stable:/v1.99/deb')).toBeUndefined()
  expect(kubernetesArchive('https://download.docker.com/linux/debian')).toBeUndefined()
})
