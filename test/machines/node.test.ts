import { releaseNames } from '../../containers/release.ts'
import { tellOnVm } from '../parity/node-story-vm.ts'

for (const name of releaseNames().filter(release => release !== 'debian-12')) await tellOnVm(name)
