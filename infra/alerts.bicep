// What somebody is woken or told for. Each name is a heading of docs/runbook.md, which says what to do.
//
// Every query gives rows only when something is wrong, so every rule is the same: any row raises it. The numbers are
// those of docs/telemetry.md. Rules stay in UK South, which alerts on metrics cannot: hence queries for all of them.

@description('Where the rules are made.')
param location string

@description('Tags of every resource.')
param tags object

@description('Ends every name, so that two environments do not clash.')
param token string

@description('Id of Application Insights: requests, traces, customMetrics.')
param insightsId string

@description('Id of the workspace: the logs of Azure itself.')
param workspaceId string

@description('Mail addresses that are told.')
param recipients array

@description('Address of the runbook; the alert\'s name is added as its heading.')
param runbookUrl string

@description('Day of the first recording: `nothing-weeded` is silent until 33 days after it.')
param footageSince string

@description('Name of the footage account.')
param footageAccountName string

@description('Name of the ledger account.')
param ledgerAccountName string

@description('Principal of the identity core runs as.')
param corePrincipalId string

@description('Principal of the identity weeder runs as.')
param weederPrincipalId string

import { ofService, ofPlatform } from 'alert-rules.bicep'

// Here and not among the other rules, because it names what only this deployment knows.
var atTheEvidence = 'StorageBlobLogs\n| where AccountName in~ (\'${footageAccountName}\', \'${ledgerAccountName}\')'
var inTheirOwnName = '| where AuthenticationType in~ (\'OAuth\', \'AccountKey\', \'Anonymous\') and toint(StatusCode) < 400'
var neitherApp = '| where RequesterObjectId !in~ (\'${corePrincipalId}\', \'${weederPrincipalId}\')'
var whoAndWhat = '| summarize times = count() by RequesterObjectId, AuthenticationType, OperationName'
var stranger = {
  name: 'stranger-at-the-evidence'
  severity: 0
  every: 'PT15M'
  over: 'PT15M'
  about: 'Somebody who is neither core nor weeder used the footage or ledger account in their own name.'
  query: '${atTheEvidence}\n${inTheirOwnName}\n${neitherApp}\n${whoAndWhat}\n'
}

resource told 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-continuity-${token}'
  // Action groups know no other place than global or a few regions that UK South is not one of: mail addresses only.
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'continuity'
    enabled: true
    emailReceivers: [
      for (address, index) in recipients: {
        name: 'mail-${index}'
        emailAddress: address
        useCommonAlertSchema: true
      }
    ]
  }
}

resource service 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in ofService: {
    name: rule.name
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'Continuity: ${rule.name}'
      description: '${rule.about} ${runbookUrl}#${rule.name}'
      severity: rule.severity
      enabled: true
      scopes: [insightsId]
      evaluationFrequency: rule.every
      windowSize: rule.over
      overrideQueryTimeRange: rule.?looksBack
      criteria: {
        allOf: [
          {
            query: replace(rule.query, 'FOOTAGE_SINCE', footageSince)
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
          }
        ]
      }
      // What somebody is woken for does not go away by itself: a removed guard is one row, and then none.
      autoMitigate: rule.severity > 0
      // Tables appear with their first row, which a new environment has not had yet.
      skipQueryValidation: true
      actions: {
        actionGroups: [told.id]
        customProperties: {
          runbook: '${runbookUrl}#${rule.name}'
        }
      }
    }
  }
]

resource platform 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in concat(ofPlatform, [stranger]): {
    name: rule.name
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'Continuity: ${rule.name}'
      description: '${rule.about} ${runbookUrl}#${rule.name}'
      severity: rule.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: rule.every
      windowSize: rule.over
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
          }
        ]
      }
      autoMitigate: rule.severity > 0
      skipQueryValidation: true
      actions: {
        actionGroups: [told.id]
        customProperties: {
          runbook: '${runbookUrl}#${rule.name}'
        }
      }
    }
  }
]
