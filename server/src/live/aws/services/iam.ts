/** IAM: its client and the read-only commands that readers use; loaded when first asked for. */
import {
  IAMClient,
  ListRolesCommand,
  GetRoleCommand,
  GetAccountAuthorizationDetailsCommand,
  ListRolePoliciesCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  SimulatePrincipalPolicyCommand,
  type IAMClientConfig,
  type ListRolesCommandInput,
  type ListRolesCommandOutput,
  type GetRoleCommandInput,
  type GetAccountAuthorizationDetailsCommandInput,
  type GetAccountAuthorizationDetailsCommandOutput,
  type GetRoleCommandOutput,
  type ListRolePoliciesCommandInput,
  type ListRolePoliciesCommandOutput,
  type GetRolePolicyCommandInput,
  type GetRolePolicyCommandOutput,
  type ListAttachedRolePoliciesCommandInput,
  type ListAttachedRolePoliciesCommandOutput,
  type GetPolicyCommandInput,
  type GetPolicyCommandOutput,
  type GetPolicyVersionCommandInput,
  type GetPolicyVersionCommandOutput,
  type SimulatePrincipalPolicyCommandInput,
  type SimulatePrincipalPolicyCommandOutput,
} from '@aws-sdk/client-iam';

export function client(config: IAMClientConfig): IAMClient {
  return new IAMClient(config);
}

export const commands = {
  ListRoles: ListRolesCommand,
  GetRole: GetRoleCommand,
  GetAccountAuthorizationDetails: GetAccountAuthorizationDetailsCommand,
  ListRolePolicies: ListRolePoliciesCommand,
  GetRolePolicy: GetRolePolicyCommand,
  ListAttachedRolePolicies: ListAttachedRolePoliciesCommand,
  GetPolicy: GetPolicyCommand,
  GetPolicyVersion: GetPolicyVersionCommand,
  SimulatePrincipalPolicy: SimulatePrincipalPolicyCommand,
};

export interface Calls {
  'iam:ListRoles': [ListRolesCommandInput, ListRolesCommandOutput];
  'iam:GetAccountAuthorizationDetails': [
    GetAccountAuthorizationDetailsCommandInput,
    GetAccountAuthorizationDetailsCommandOutput,
  ];
  'iam:GetRole': [GetRoleCommandInput, GetRoleCommandOutput];
  'iam:ListRolePolicies': [ListRolePoliciesCommandInput, ListRolePoliciesCommandOutput];
  'iam:GetRolePolicy': [GetRolePolicyCommandInput, GetRolePolicyCommandOutput];
  'iam:ListAttachedRolePolicies': [ListAttachedRolePoliciesCommandInput, ListAttachedRolePoliciesCommandOutput];
  'iam:GetPolicy': [GetPolicyCommandInput, GetPolicyCommandOutput];
  'iam:GetPolicyVersion': [GetPolicyVersionCommandInput, GetPolicyVersionCommandOutput];
  'iam:SimulatePrincipalPolicy': [SimulatePrincipalPolicyCommandInput, SimulatePrincipalPolicyCommandOutput];
}
