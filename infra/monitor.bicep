// Where logs and numbers go: one workspace and one Application Insights on it, both in UK South.

@description('Where they are made.')
param location string

@description('Ends every name, so that two environments do not clash.')
param token string

@description('Tags of every resource.')
param tags object

@description('For how long logs are kept, in days. They say who read which blob, so they are personal data too.')
@minValue(30)
@maxValue(730)
param retentionDays int

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: 'log-${token}'
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionDays
    features: {
      // Nobody sends or reads with a key, and to read a table one needs a role on the workspace.
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: false
    }
    // A copy in another region is opt-in; this says no where an auditor looks for it.
    replication: {
      enabled: false
    }
    publicNetworkAccessForIngestion: 'Enabled'
    publicNetworkAccessForQuery: 'Enabled'
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${token}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    // The connection string alone is worth nothing: a sender needs Monitoring Metrics Publisher (roles.bicep).
    DisableLocalAuth: true
    DisableIpMasking: false
    publicNetworkAccessForIngestion: 'Enabled'
    publicNetworkAccessForQuery: 'Enabled'
  }
}

output workspaceName string = workspace.name
output workspaceId string = workspace.id
output insightsName string = insights.name
output insightsId string = insights.id
output connectionString string = insights.properties.ConnectionString
