// The subscription's activity log into the workspace: who changed a resource, a role, a lock or a policy, and what
// Azure Policy refused. The alerts `guard-removed` and `outside-uk-south` read it.

targetScope = 'subscription'

@description('Ends the name, so that two environments of one subscription do not clash (Azure allows five in all).')
param token string

@description('The workspace it goes to.')
param workspaceId string

resource activity 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'continuity-${token}'
  properties: {
    workspaceId: workspaceId
    logs: [
      for category in ['Administrative', 'Policy', 'Security']: {
        category: category
        enabled: true
      }
    ]
  }
}
