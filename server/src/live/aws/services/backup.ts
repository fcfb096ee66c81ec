/** AWS Backup: its client and the read-only commands that readers use; loaded when first asked for. */
import {
  BackupClient,
  ListBackupVaultsCommand,
  DescribeBackupVaultCommand,
  ListRecoveryPointsByBackupVaultCommand,
  type BackupClientConfig,
  type ListBackupVaultsCommandInput,
  type ListBackupVaultsCommandOutput,
  type DescribeBackupVaultCommandInput,
  type DescribeBackupVaultCommandOutput,
  type ListRecoveryPointsByBackupVaultCommandInput,
  type ListRecoveryPointsByBackupVaultCommandOutput,
} from '@aws-sdk/client-backup';

export function client(config: BackupClientConfig): BackupClient {
  return new BackupClient(config);
}

export const commands = {
  ListBackupVaults: ListBackupVaultsCommand,
  DescribeBackupVault: DescribeBackupVaultCommand,
  ListRecoveryPointsByBackupVault: ListRecoveryPointsByBackupVaultCommand,
};

export interface Calls {
  'backup:ListBackupVaults': [ListBackupVaultsCommandInput, ListBackupVaultsCommandOutput];
  'backup:DescribeBackupVault': [DescribeBackupVaultCommandInput, DescribeBackupVaultCommandOutput];
  'backup:ListRecoveryPointsByBackupVault': [ListRecoveryPointsByBackupVaultCommandInput, ListRecoveryPointsByBackupVaultCommandOutput];
}
