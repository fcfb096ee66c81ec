/** AWS Backup: its client and the read-only commands that readers use; loaded when first asked for. */
import {
  BackupClient,
  DescribeBackupVaultCommand,
  ListRecoveryPointsByBackupVaultCommand,
  type BackupClientConfig,
  type DescribeBackupVaultCommandInput,
  type DescribeBackupVaultCommandOutput,
  type ListRecoveryPointsByBackupVaultCommandInput,
  type ListRecoveryPointsByBackupVaultCommandOutput,
} from '@aws-sdk/client-backup';

export function client(config: BackupClientConfig): BackupClient {
  return new BackupClient(config);
}

export const commands = {
  DescribeBackupVault: DescribeBackupVaultCommand,
  ListRecoveryPointsByBackupVault: ListRecoveryPointsByBackupVaultCommand,
};

export interface Calls {
  'backup:DescribeBackupVault': [DescribeBackupVaultCommandInput, DescribeBackupVaultCommandOutput];
  'backup:ListRecoveryPointsByBackupVault': [
    ListRecoveryPointsByBackupVaultCommandInput,
    ListRecoveryPointsByBackupVaultCommandOutput,
  ];
}
